import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskFiles } from '../../../controller/files.ts'
import { holdPolicies } from '../../../controller/policy/held.ts'
import type { Disk } from '../../../controller/reload/signature.ts'
import { startReloading } from '../../../controller/reload.ts'
import { loadConfiguration } from '../../../controller/settings.ts'
import { sound, soundBut } from '../policy/support.ts'

const capuchin = `sources: { main: { type: scrape, interval: 15s } }
pools:
  local: { provider: process, slots: 3, hosts: { min: 1, max: 4 } }
`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capuchin-reload-'))
  mkdirSync(join(folder, 'policies'))
  writeFileSync(join(folder, 'capuchin.yaml'), capuchin)
  write(sound)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (text: string, name = 'policies/ingest.yaml'): void => writeFileSync(join(folder, name), text)
const shown = (path: string): string => path.replace(`${folder}/`, '')

/** A controller's files under watch, whose beats come when a test says so. */
function scene(disk: Partial<Disk> = {}, elapsed = () => 0) {
  const machine = { cores: 2 }
  const loaded = loadConfiguration(join(folder, 'capuchin.yaml'), { files: diskFiles, machine, shown })
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems))
  const held = holdPolicies(loaded.policies)
  const seen = {
    log: [] as string[],
    history: [] as string[],
    outcomes: [] as string[],
    failures: [] as unknown[],
  }
  const note = (fields: object, message?: string): void => {
    seen.log.push([message, ...Object.values(fields).filter((value) => typeof value === 'string')].join(': '))
  }
  const reloading = startReloading({
    ...{ settings: loaded.settings, machine, shown, held },
    outside: { fs: { ...fs, ...disk }, elapsed, now: () => 0, sleep: async () => {}, every: () => () => {} },
    running: () => [{ workload: 'ingest', pool: 'local', version: 'v0' }],
    reloaded: (outcome) => seen.outcomes.push(outcome),
    happened: ({ result, sentence }) => seen.history.push(`${result}: ${sentence}`),
    log: { info: note, warn: note },
    failed: (error) => seen.failures.push(error),
  })
  const beats = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await reloading.beat()
  }
  return { ...seen, held, reloading, beats, sizes: () => held.latest().map(({ size }) => size) }
}

describe('policies on disk', () => {
  test('that stay the same are loaded quietly, and once', async () => {
    const { beats, log, history, outcomes, reloading } = scene()
    await beats(4)
    expect({ log, history, outcomes, notices: reloading.notices() }).toEqual({
      log: [],
      history: [],
      outcomes: [],
      notices: [],
    })
  })

  test('that change come into force with the next tick, and each change is one line', async () => {
    const { beats, log, history, outcomes, held, sizes } = scene()
    await beats(2)
    write(soundBut('max: 6', 'max: 9').replace('above: 70', 'above: 60'))
    await beats(1)
    expect(log).toEqual([])
    await beats(3)
    expect(sizes()).toEqual([{ min: 2, max: 9 }])
    expect(held.current()[0]?.size.max).toBe(6)
    expect(log).toEqual([
      'Policy changed: ingest: size.max 6 -> 9',
      'Policy changed: ingest: rule cpu: above 70 -> 60',
      'Policies loaded: 2 changes',
    ])
    expect(history).toEqual([
      'done: policies loaded: ingest: size.max 6 -> 9; ingest: rule cpu: above 70 -> 60',
    ])
    expect(outcomes).toEqual(['loaded'])
  })

  test('that are refused change nothing, are told once and shown until they are sound', async () => {
    const { beats, log, history, outcomes, reloading, held } = scene()
    await beats(2)
    const before = held.latest()
    write('min: 2\n', 'policies/web.yaml')
    write(soundBut('max: 6', 'max: 1'))
    await beats(5)
    const first = 'policies/ingest.yaml:12: size.min: min (2) is more than max (1)'
    expect(held.latest()).toBe(before)
    expect(outcomes).toEqual(['refused'])
    expect(log[0]).toBe(`Policies refused: ${first}`)
    expect(log).toHaveLength(6)
    expect(history).toHaveLength(1)
    expect(history[0]).toContain(
      `refused: policies refused, those loaded before stay in force: ${first}; policies/web.yaml`,
    )
    const notice = `the policies on disk are refused, those loaded before stay in force: ${first} (and 5 more)`
    expect(reloading.notices()).toEqual([notice])

    // One is mended: of the rest nothing is told again.
    write(sound)
    await beats(3)
    expect(outcomes).toEqual(['refused', 'refused'])
    expect(log).toHaveLength(6)
    rmSync(join(folder, 'policies/web.yaml'))
    await beats(3)
    expect(reloading.notices()).toEqual([])
    expect(log.slice(6)).toEqual(['Policies loaded: they are those in force'])
    expect(history.at(-1)).toBe('done: policies loaded: they are those in force')
    expect(outcomes.at(-1)).toBe('unchanged')
  })

  test.for<{ name: string; act: () => void; says: string }>([
    {
      name: 'whose last file is gone are refused, not none',
      act: () => rmSync(join(folder, 'policies/ingest.yaml')),
      says: 'policies: holds no policy: one file.yaml for each workload',
    },
    {
      name: 'whose folder is gone are refused, not none',
      act: () => renameSync(join(folder, 'policies'), join(folder, 'elsewhere')),
      says: 'policies: does not exist',
    },
    {
      name: 'whose folder has become a file are refused',
      act() {
        rmSync(join(folder, 'policies'), { recursive: true })
        write('', 'policies')
      },
      says: 'policies: cannot be read: it is not a folder',
    },
    {
      name: 'one of which has become a folder are refused',
      act: () => mkdirSync(join(folder, 'policies/web.yaml')),
      says: 'policies/web.yaml: cannot be read: it is a folder',
    },
    {
      name: 'one of which is far too long are refused',
      act: () => write('#'.repeat(1_000_001), 'policies/web.yaml'),
      says: 'policies/web.yaml: cannot be read: 1000001 bytes are more than 1000000',
    },
  ])('$name', async ({ act, says }) => {
    const { beats, held, reloading, log } = scene()
    await beats(2)
    const before = held.latest()
    act()
    await beats(3)
    expect(held.latest()).toBe(before)
    expect(reloading.notices()).toEqual([
      `the policies on disk are refused, those loaded before stay in force: ${says}`,
    ])
    expect(log).toEqual([`Policies refused: ${says}`])
  })

  test('are loaded at once when somebody asks, who hears of it in any case', async () => {
    const { log, outcomes, reloading, sizes } = scene()
    write(soundBut('max: 6', 'max: 9'))
    await reloading.now()
    expect(sizes()).toEqual([{ min: 2, max: 9 }])
    await reloading.now()
    expect(log).toEqual([
      'Policy changed: ingest: size.max 6 -> 9',
      'Policies loaded: 1 change',
      'Policies loaded: they are those in force',
    ])
    write(soundBut('max: 6', 'max: 1'))
    for (let i = 0; i < 2; i++) await reloading.now()
    expect(log.slice(3)).toEqual(
      Array(2).fill('Policies refused: policies/ingest.yaml:12: size.min: min (2) is more than max (1)'),
    )
    expect(outcomes).toEqual(['loaded', 'unchanged', 'refused', 'refused'])
  })

  test('say whom a changed command passes by', async () => {
    const { beats, log } = scene()
    await beats(2)
    write(soundBut('ingest.ts', 'ingest2.ts'))
    await beats(3)
    expect(log[0]).toBe(
      'Policy changed: ingest: run.command changed: applies to new instances only, 1 runs the former version',
    )
  })
})

describe('the settings file', () => {
  test.for<{ name: string; text: string; says: string[] }>([
    { name: 'is the same in other words', text: `# a comment\n${capuchin}`, says: [] },
    {
      name: 'changes',
      text: capuchin.replace('max: 4', 'max: 9').replace('interval: 15s', 'interval: 30s'),
      says: ['capuchin.yaml has changed (sources.main.interval, pools.local.hosts.max): restart to apply'],
    },
    {
      name: 'becomes wrong',
      text: capuchin.replace('slots: 3', 'slots: none'),
      says: [
        'capuchin.yaml has changed and would be refused at a restart: capuchin.yaml:3: pools.local.slots: has to be a number, not "none"',
      ],
    },
  ])('$name: that is said and not applied', async ({ text, says }) => {
    const { beats, reloading, log, outcomes, held } = scene()
    const before = held.latest()
    await beats(2)
    write(text, 'capuchin.yaml')
    await beats(4)
    expect(reloading.notices()).toEqual(says)
    expect(log).toEqual(says.map((detail) => `Settings changed: ${detail}`))
    write(capuchin, 'capuchin.yaml')
    await beats(3)
    expect(reloading.notices()).toEqual([])
    expect(log.slice(says.length)).toEqual(says.map(() => 'Settings on disk are those in force again'))
    expect(outcomes).toEqual([])
    expect(held.latest().map(({ size }) => size)).toEqual(before.map(({ size }) => size))
  })
})

test('a disk that hangs shows, and what is in force stays', async () => {
  const clock = { now: 0 }
  const { reloading, held } = scene({ readdir: () => new Promise<never>(() => {}) }, () => clock.now)
  const before = held.current()
  void reloading.beat()
  await setImmediate()
  clock.now = 20_000
  expect(reloading.notices()).toEqual([])
  clock.now = 90_000
  expect(reloading.notices()).toEqual(['policies has not answered for 1m30s: changes are not noticed'])
  expect(held.latest()).toBe(before)
})
