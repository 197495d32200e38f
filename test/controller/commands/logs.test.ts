import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { logs } from '../../../controller/commands/logs.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import { diskFiles } from '../../../controller/files.ts'
import type { Order } from '../../../controller/providers/process/records.ts'
import { tempFolder } from '../../support/process.ts'
import { aHost, anEntry } from '../decision/builders.ts'
import { witness } from './support.ts'

// Nobody listens at port 1, so that the files are asked.
const settings = `pools:
  local: { provider: process, slots: 3, hosts: { min: 1, max: 4 } }
  cloud: { provider: memory, slots: 3, cores: 2, zones: [a], hosts: { min: 0, max: 4 }, portBase: 9100 }
server: { listen: "127.0.0.1:1" }
`

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\n`).join('')

/** A state with two hosts: a local one with logs, and one of a provider that keeps none. */
async function place(files: Readonly<Record<string, string>> = {}) {
  const folder = await tempFolder('logs')
  const host = join(folder, 'state', 'hosts', 'h1')
  await mkdir(join(host, 'logs'), { recursive: true })
  await writeFile(join(folder, 'capuchin.yaml'), settings)
  const order: Order = {
    ...{ version: 1, name: 'h1', zone: 'a', labels: {}, pool: 'local', key: 'k', slots: 3, cores: 1 },
    ...{ workDir: folder, dataDir: folder, cacheDir: folder, nodeDir: folder, orderedAt: 0 },
  }
  await writeFile(join(host, 'host.json'), JSON.stringify(order))
  for (const [name, text] of Object.entries(files)) await writeFile(join(host, 'logs', name), text)
  const hosts = {
    h1: aHost({
      name: 'h1',
      pool: 'local',
      entries: [anEntry({ id: 'ingest-1' }), anEntry({ id: 'ingest-2' })],
    }),
    h2: aHost({ name: 'h2', pool: 'local', entries: [anEntry({ id: 'ingest-3' })] }),
    m1: aHost({ name: 'm1', pool: 'cloud', entries: [anEntry({ id: 'web-9' })] }),
  }
  const saved = { version: 1, epoch: 1, revision: 1, state: { ...emptyState, hosts } }
  await writeFile(join(folder, 'state', 'state.json'), JSON.stringify(saved))
  return async (...argv: string[]) => {
    const context = witness(diskFiles, folder)
    const code = await logs.run(argv, context)
    return { code, said: context.written.join('\n'), complaint: context.complaints.join('\n') }
  }
}

describe('capuchin logs prints', () => {
  test('the last lines that an instance has written', async () => {
    const run = await place({ 'ingest-1.log': lines(1, 500) })
    expect(await run('ingest-1', '--lines', '2')).toEqual({
      code: 0,
      said: 'line 499\nline 500',
      complaint: '',
    })
    expect((await run('ingest-1')).said.split('\n')).toHaveLength(100)
  })

  test('what was cut off and kept beside the log before what came since, without a seam', async () => {
    const run = await place({ 'ingest-1.log.1': `${lines(1, 3)}line`, 'ingest-1.log': ` 4\n${lines(5, 6)}` })
    expect((await run('ingest-1', '-n', '4')).said).toBe('line 3\nline 4\nline 5\nline 6')
  })

  test('the end of a log that is very long, from a whole line on', async () => {
    const run = await place({ 'ingest-1.log': lines(1, 500_000) })
    const all = (await run('ingest-1', '--lines', '100000')).said.split('\n')
    expect(all.at(-1)).toBe('line 500000')
    expect(all[0]).toBe('line 400001')
  })

  test('of one that is gone, where it is said on which host it ran', async () => {
    const run = await place({ 'ingest-0.log': 'the end\n' })
    expect(await run('ingest-0', '--host', 'h1')).toMatchObject({ code: 0, said: 'the end' })
  })

  test('JSON', async () => {
    const run = await place({ 'ingest-1.log': 'one\n' })
    expect(JSON.parse((await run('ingest-1', '--json')).said)).toEqual({
      ...{ ok: true, instance: 'ingest-1', host: 'h1', pool: 'local' },
      ...{ of: 'the output of ingest-1 on h1', lines: ['one'] },
    })
  })
})

describe('capuchin logs refuses', () => {
  test.for<{ name: string; argv: string[]; code: number; said: string }>([
    {
      name: 'an instance that there is not, with the one that may be meant',
      argv: ['ingset-1'],
      code: 1,
      said: 'there is no instance "ingset-1"; did you mean "ingest-1"?',
    },
    {
      name: 'a host that there is not',
      argv: ['a', '--host', 'h3'],
      code: 1,
      said: 'there is no host "h3"; did you mean',
    },
    { name: 'a host that is gone', argv: ['ingest-3'], code: 1, said: 'pool local has no host h2 any more' },
    { name: 'an instance without a log', argv: ['ingest-2'], code: 1, said: 'h1 has no log of ingest-2' },
    {
      name: 'a way out of the folder',
      argv: ['../host', '--host', 'h1'],
      code: 1,
      said: 'h1 has no log of ../host',
    },
    {
      name: 'a provider that keeps no logs',
      argv: ['web-9'],
      code: 1,
      said: 'm1 is of pool cloud, and provider memory cannot show what its instances write',
    },
    { name: 'no system process', argv: ['h1/relay'], code: 1, said: 'h1 has no log of relay' },
    { name: 'no host', argv: ['h7/relay'], code: 1, said: 'there is no host "h7"' },
    { name: 'no instance', argv: [], code: 2, said: 'name one instance' },
    {
      name: 'no lines',
      argv: ['ingest-1', '--lines', '0'],
      code: 2,
      said: '--lines has to be a number of lines',
    },
  ])('$name', async ({ argv, code, said }) => {
    const run = await place({ 'ingest-1.log': 'one\n' })
    const outcome = await run(...argv)
    expect(outcome.code).toBe(code)
    expect(outcome.complaint).toContain(said)
  })

  test('as JSON, too', async () => {
    const run = await place()
    expect(JSON.parse((await run('ingest-1', '--json')).said)).toEqual({
      ok: false,
      detail: 'h1 has no log of ingest-1',
    })
  })
})
