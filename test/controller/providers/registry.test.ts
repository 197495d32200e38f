import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { providers } from '../../../controller/providers/index.ts'
import { aPool } from '../../contract/provider.ts'

const folder = new URL('../../../controller/providers/', import.meta.url)
const notProviders = ['index.ts', 'provider.ts']

test('every provider on disk is in the registry, and the other way round', () => {
  const onDisk = readdirSync(folder).filter((name) => !notProviders.includes(name))
  const names = onDisk.map((name) => name.replace(/\.ts$/, ''))
  expect(providers.map(({ type }) => type).sort()).toEqual(names.sort())
})

test('each says what it can run and which pool keys are its own, and refuses others', () => {
  for (const { type, runs, keys, settings } of providers) {
    expect(runs.length, type).toBeGreaterThan(0)
    expect(settings.safeParse({ nonsense: 1 }).success, type).toBe(false)
    expect(keys).not.toContain('slots')
  }
})

test('parsing the settings of a pool yields the way to open its provider', async () => {
  const kind = providers.find(({ type }) => type === 'memory')
  const provider = kind?.settings.parse({}).open(aPool(), {
    now: () => 0,
    random: () => 0,
    log: { info: () => undefined, warn: () => undefined },
    controller: 'test',
    dir: '/',
    workDir: '/',
    env: {},
    execPath: '/',
    folder: '/',
    readFile: async () => '',
    fetch,
    sleep: async () => {},
    pools: ['edge'],
  })
  expect(await provider?.list(AbortSignal.timeout(1_000))).toEqual({ kind: 'hosts', hosts: [] })
})
