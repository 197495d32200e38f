import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileSd, hostTargets, instanceTargets } from '../../../controller/publishers/file-sd.ts'
import { listOf, published, publisherContract } from '../../contract/publisher.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'
import { fileHarness } from './file-harness.ts'

publisherContract('file-sd', () =>
  fileHarness((dir, deps) => fileSd.parse({ type: 'file-sd', dir }).open(deps)),
)

test('an instance is one target with its labels, the state among those that relabelling drops', () => {
  expect(instanceTargets([published(1, { state: 'draining', zone: 'b' })])).toEqual([
    {
      targets: ['127.0.0.1:8101'],
      labels: {
        workload: 'ingest',
        instance: 'ingest-1',
        host: 'local-1',
        pool: 'local',
        zone: 'b',
        version: 'v1',
        __meta_capuchin_state: 'draining',
      },
    },
  ])
})

test.for([
  { state: 'starting', scraped: true },
  { state: 'ready', scraped: true },
  { state: 'unready', scraped: true },
  { state: 'dead', scraped: true },
  { state: 'draining', scraped: true },
  { state: 'leaving', scraped: true },
  { state: 'lost', scraped: false },
] as const)('an instance that is $state is scraped: $scraped', ({ state, scraped }) => {
  expect(instanceTargets([published(1, { state })])).toHaveLength(scraped ? 1 : 0)
})

test('an IPv6 address is put in brackets', () => {
  expect(instanceTargets([published(1, { address: 'fd00::1' })])[0]?.targets).toEqual(['[fd00::1]:8101'])
})

test('a host is one target at its own exporter', () => {
  expect(hostTargets(listOf(1).hosts)).toEqual([
    { targets: ['127.0.0.1:9101'], labels: { host: 'local-1', pool: 'local', zone: 'a' } },
  ])
})

test('nothing at all is an empty list and not an absent one, and others may read it', async () => {
  const dir = join(await tempFolder('publish'), 'deep', 'published')
  const publisher = fileSd.parse({ type: 'file-sd', dir }).open({ fs: realDisk().fs })
  expect(await publisher.publish(listOf())).toEqual({ kind: 'written' })
  for (const name of ['instances.json', 'hosts.json']) {
    expect(await realDisk().fs.readFile(join(dir, name), 'utf8')).toBe('[]\n')
    expect((await stat(join(dir, name))).mode & 0o444).toBe(0o444)
  }
})

test('a folder that cannot be made is a failure that names it', async () => {
  const parent = await tempFolder('publish')
  await writeFile(join(parent, 'a-file'), '')
  const dir = join(parent, 'a-file', 'published')
  const publisher = fileSd.parse({ type: 'file-sd', dir }).open({ fs: realDisk().fs })
  expect(await publisher.publish(listOf())).toEqual({
    kind: 'failed',
    detail: expect.stringContaining(`${dir}/instances.json: a part of this path is not a folder`),
  })
})
