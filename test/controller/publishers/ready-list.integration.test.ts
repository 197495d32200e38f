import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PublishedList } from '../../../controller/publishers/publisher.ts'
import { readyList } from '../../../controller/publishers/ready-list.ts'
import { listOf, published, publisherContract } from '../../contract/publisher.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'
import { fileHarness, readAll } from './file-harness.ts'

publisherContract('ready-list', () =>
  fileHarness((dir, deps) => readyList.parse({ type: 'ready-list', dir }).open(deps)),
)

async function opened() {
  const dir = await tempFolder('publish')
  return { dir, publisher: readyList.parse({ type: 'ready-list', dir }).open({ fs: realDisk().fs }) }
}

const mixed: PublishedList = {
  instances: [
    published(2),
    published(1, { state: 'unready' }),
    published(3, { state: 'draining' }),
    published(4, { workload: 'consumer', instance: 'consumer-4', state: 'starting' }),
  ],
  hosts: [],
  // A list that is held names an instance that is not ready at the moment.
  routed: new Set(['ingest-1', 'ingest-2']),
}

test('routers get those who are routed, one address a line, and an empty list where nobody is', async () => {
  const { dir, publisher } = await opened()
  await publisher.publish(mixed)
  const files = await readAll(dir)
  expect(Object.keys(files).toSorted()).toEqual(['consumer.list', 'ingest.list', 'ready.json'])
  expect(files['ingest.list']).toBe('127.0.0.1:8101\n127.0.0.1:8102\n')
  expect(files['consumer.list']).toBe('')
  expect(JSON.parse(files['ready.json'] ?? '')).toEqual({
    consumer: [],
    ingest: [
      { instance: 'ingest-1', address: '127.0.0.1:8101', host: 'local-1', zone: 'a', version: 'v1' },
      { instance: 'ingest-2', address: '127.0.0.1:8102', host: 'local-2', zone: 'a', version: 'v1' },
    ],
  })
})

test('the list of a workload that is gone is emptied, and files of others are left alone', async () => {
  const { dir, publisher } = await opened()
  await writeFile(join(dir, 'debian.list'), 'deb ...\n')
  await publisher.publish(mixed)
  expect(await publisher.publish({ ...mixed, instances: [published(4, { workload: 'consumer' })] })).toEqual({
    kind: 'written',
  })
  const files = await readAll(dir)
  expect(files['ingest.list']).toBe('')
  expect(files['debian.list']).toBe('deb ...\n')
  expect(Object.keys(JSON.parse(files['ready.json'] ?? ''))).toEqual(['consumer'])
})

test('a JSON file that somebody broke is replaced', async () => {
  const { dir, publisher } = await opened()
  await writeFile(join(dir, 'ready.json'), '{ "ingest": [')
  expect(await publisher.publish(listOf(1))).toEqual({ kind: 'written' })
  expect((await readAll(dir))['ingest.list']).toBe('127.0.0.1:8101\n')
})

test('a file that cannot be written holds up no other', async () => {
  const { dir, publisher } = await opened()
  await mkdir(join(dir, 'consumer.list'))
  const outcome = await publisher.publish(mixed)
  expect(outcome).toMatchObject({ kind: 'failed', detail: expect.stringContaining('consumer.list') })
  expect(await realDisk().fs.readFile(join(dir, 'ingest.list'), 'utf8')).toContain('127.0.0.1:8101')
})

test('the name of a workload cannot lead out of the folder', async () => {
  const { dir, publisher } = await opened()
  await publisher.publish({ ...listOf(), instances: [published(1, { workload: '../evil' })] })
  expect(Object.keys(await readAll(dir)).toSorted()).toEqual(['..%2Fevil.list', 'ready.json'])
})
