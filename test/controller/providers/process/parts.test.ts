import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { within } from '../../../../controller/providers/process/deadline.ts'
import { createFile, readJson, replaceFile } from '../../../../controller/providers/process/files.ts'
import { identify, isRunning, signal } from '../../../../controller/providers/process/identity.ts'
import { versions, writeManifest } from '../../../../controller/providers/process/manifests.ts'
import { statOf } from '../../../../controller/providers/process/proc.ts'
import type { Order } from '../../../../controller/providers/process/records.ts'
import { outcomeOf } from '../../../../controller/providers/process/refuse.ts'
import { backOff } from '../../../../controller/providers/process/supervisor/back-off.ts'
import { coalesce } from '../../../../controller/providers/process/supervisor/coalesce.ts'
import { render } from '../../../../controller/providers/process/supervisor/exporter.ts'
import { trimLogs } from '../../../../controller/providers/process/supervisor/logs.ts'
import { aManifest, anInstance } from '../../../contract/provider.ts'
import { aRun } from './bench.ts'

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'capuchin-parts-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

test('back-off doubles from half a second to half a minute, spread over the upper half', () => {
  const most = [1, 2, 3, 7, 50, 5_000].map((failures) => backOff(failures, () => 1))
  expect(most).toEqual([500, 1_000, 2_000, 30_000, 30_000, 30_000])
  expect(backOff(3, () => 0)).toBe(1_000)
})

describe('work that is asked for while it runs', () => {
  test('runs once more afterwards, however often it was asked for', async () => {
    let runs = 0
    const gates: (() => void)[] = []
    const ask = coalesce(async () => {
      runs++
      await new Promise<void>((resolve) => gates.push(resolve))
    })
    const asked = [ask(), ask(), ask(), ask()]
    expect(runs).toBe(1)
    gates.shift()?.()
    await asked[0]
    await Promise.resolve()
    expect(runs).toBe(2)
    gates.shift()?.()
    await Promise.all(asked)
    expect(runs).toBe(2)
  })

  test('runs again after it has failed', async () => {
    let runs = 0
    const ask = coalesce(async () => {
      runs++
      if (runs === 1) throw new Error('once')
    })
    const [first, second] = [ask(), ask()]
    await expect(first).rejects.toThrow('once')
    await second
    await ask()
    expect(runs).toBe(3)
  })
})

describe('a deadline', () => {
  const never = () => new Promise<never>(() => undefined)

  test('answers what the work answers', async () => {
    expect(await within(1_000, patientSignal(), async () => 7)).toEqual({ kind: 'ended', value: 7 })
  })
  test('is late when the work takes too long', async () => {
    expect(await within(10, patientSignal(), never)).toMatchObject({ kind: 'late' })
  })
  test('is late when the caller stops waiting', async () => {
    expect(await within(60_000, AbortSignal.timeout(10), never)).toMatchObject({ kind: 'late' })
  })
  test('passes on that the work failed', async () => {
    await expect(within(1_000, patientSignal(), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})

const patientSignal = () => new AbortController().signal

describe('files', () => {
  test('of many who make a file at once one succeeds, and the file is whole', async () => {
    const path = join(await folder(), 'claim')
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((text) => createFile(path, text.repeat(9_999))))
    expect(made.filter((one) => one === 'created')).toHaveLength(1)
    expect((await readFile(path, 'utf8')).length).toBe(9_999)
    expect(await readdir(join(path, '..'))).toEqual(['claim'])
  })
  test('a failed replacement leaves the old content and nothing beside it', async () => {
    const dir = await folder()
    await expect(replaceFile(join(dir, 'no', 'such'), 'x')).rejects.toThrow('ENOENT')
    expect(await readdir(dir)).toEqual([])
  })
  test('a file that is not there has no content; one that is not JSON is named', async () => {
    const path = join(await folder(), 'x.json')
    expect(await readJson(path)).toBeUndefined()
    await writeFile(path, '{"a":')
    await expect(readJson(path)).rejects.toThrow(`${path} is not JSON`)
  })
})

describe('manifests', () => {
  test('are ordered by number and not by letter', async () => {
    const dir = await folder()
    for (const [epoch, revision] of [
      [10, 1],
      [9, 100],
      [9, 20],
      [10, 0],
    ] as const)
      await writeFile(join(dir, `${epoch}-${revision}.json`), '')
    await writeFile(join(dir, '11-1.json.7-1.tmp'), '')
    expect((await versions(dir)).map(({ epoch, revision }) => `${epoch}-${revision}`)).toEqual([
      '9-20',
      '9-100',
      '10-0',
      '10-1',
    ])
  })

  test('of two controllers that write at once the newer wins, whoever is later', async () => {
    const dir = await folder()
    const web = anInstance('web-1', aRun())
    const outcomes = await Promise.all([
      writeManifest(dir, aManifest(2, 1, [web])),
      writeManifest(dir, aManifest(1, 99)),
      writeManifest(dir, aManifest(2, 1, [web])),
    ])
    expect(outcomes[0]).toEqual({ kind: 'written' })
    expect(outcomes[2]).toEqual({ kind: 'written' })
    expect((await versions(dir)).at(-1)).toEqual({ epoch: 2, revision: 1 })
    expect(await writeManifest(dir, aManifest(1, 100))).toEqual({
      kind: 'older',
      than: { epoch: 2, revision: 1 },
    })
    expect(await writeManifest(dir, aManifest(2, 1))).toEqual({ kind: 'differs' })
  })
})

describe('the identity of a process', () => {
  test('is its number and its start, boot and namespace', () => {
    const self = identify(process.pid)
    if (self === undefined) throw new Error('this process runs')
    expect(isRunning(self)).toBe(true)
    for (const other of [{ start: '1' }, { boot: 'another' }, { namespace: 'pid:[1]' }]) {
      expect(isRunning({ ...self, ...other })).toBe(false)
      expect(signal({ ...self, ...other }, 'SIGKILL')).toBe(false)
    }
  })
  test('is read right whatever the command calls itself', () => {
    const title = process.title
    process.title = 'a) b (c 1 2'
    const stat = statOf(process.pid)
    process.title = title
    expect(stat).toMatchObject({ pid: process.pid, start: statOf(process.pid)?.start })
    expect(stat?.ticks).toBeGreaterThanOrEqual(0)
  })
  test('of a number that nobody has is unknown', () => {
    expect(identify(2 ** 22 + 1)).toBeUndefined()
  })
})

describe('the text for Prometheus', () => {
  test('leaves it to the list of targets to say which host it is', () => {
    const order: Order = {
      ...{
        version: 1,
        name: 'host-1',
        zone: 'a',
        pool: 'edge',
        key: 'k',
        labels: {},
        slots: 3,
        cores: 2,
      },
      ...{ workDir: '/', dataDir: '/', cacheDir: '/', nodeDir: '/', orderedAt: 5_000 },
    }
    const usage = { cpuSeconds: 1.5, memoryBytes: 7 }
    const text = render({ usage, children: [], slotsUsed: 0, restarts: 0 }, order)
    expect(text).toContain('\ncapuchin_host_cpu_seconds_total 1.5\n')
    expect(text).toContain('# TYPE capuchin_host_memory_bytes gauge\n')
    expect(text).toContain('\ncapuchin_host_start_time_seconds 5\n')
    expect(text).toContain('\ncapuchin_host_instances{state="running"} 0\n')
  })
})

describe('logs', () => {
  test('one that has grown too long is cut, and its newest part is kept', async () => {
    const dir = await folder()
    const path = join(dir, 'web-1.log')
    await writeFile(path, `${'old '.repeat(400_000)}the end`)
    await trimLogs(dir, new Set(['web-1']))
    expect((await stat(path)).size).toBe(0)
    const kept = await readFile(`${path}.1`, 'utf8')
    expect(kept.length).toBe(1_048_576)
    expect(kept.endsWith('the end')).toBe(true)
  })
  test('of instances that are gone the newest files stay, of those that live all', async () => {
    const dir = await folder()
    for (let i = 0; i < 50; i++) {
      await writeFile(join(dir, `web-${i}.log`), '')
      await utimes(join(dir, `web-${i}.log`), i, i)
    }
    await writeFile(join(dir, 'supervisor.log'), '')
    await trimLogs(dir, new Set(['web-3']))
    const left = await readdir(dir)
    expect(left).toHaveLength(42)
    expect(left).toEqual(expect.arrayContaining(['supervisor.log', 'web-3.log', 'web-49.log', 'web-10.log']))
  })
})

describe('errors of the system', () => {
  const rows = [
    { code: 'ENOSPC', becomes: { kind: 'refused', code: 'capacity' } },
    { code: 'EROFS', becomes: { kind: 'refused', code: 'auth' } },
    { code: 'EACCES', becomes: { kind: 'refused', code: 'auth' } },
    { code: 'ENOTDIR', becomes: { kind: 'refused', code: 'invalid' } },
    { code: 'EMFILE', becomes: { kind: 'refused', code: 'capacity' } },
    { code: 'EIO', becomes: { kind: 'unknown' } },
  ]
  test.for(rows)('$code', ({ code, becomes }) => {
    const error = Object.assign(new Error(code), { code, path: '/state/hosts/x' })
    const outcome = outcomeOf(error, '/state')
    expect(outcome).toMatchObject(becomes)
    expect(outcome).toMatchObject({ detail: expect.stringContaining('/state/hosts/x') })
  })
})
