import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool, Run } from '../../../../controller/decision/policy.ts'
import type { Provider, ProviderDeps } from '../../../../controller/providers/provider.ts'
import { yandex } from '../../../../controller/providers/yandex/yandex.ts'
import type { Bench } from '../../../contract/provider.ts'
import { until } from '../../../support/until.ts'
import { type FakeOptions, type FakeYandex, startFakeYandex } from '../../../support/yandex/fake.ts'

/** Time goes so much faster than on the wall: the pauses of the provider are those of a cloud, where a VM takes a minute. */
const FASTER = 100

export const aRun: Run = {
  image: 'cr.example/web:1',
  env: {},
  slots: 1,
  probe: { target: { kind: 'tcp' }, every: 1_000, timeout: 500, failures: 3, startWithin: 10_000 },
  drain: { grace: 30_000 },
  version: '1',
}

/** A provider on a fake cloud of its own, in fast time. */
export interface YandexBench extends Bench {
  fake: FakeYandex
  /** What the provider wrote to its log. */
  lines: { fields: object; message: string }[]
  /** The dependencies of another process; `over` is laid over those that are usual. */
  deps(over?: Partial<ProviderDeps>): ProviderDeps
  /** Opens the provider in a process of its own, with pool keys laid over the usual ones. */
  openIn(deps: ProviderDeps, pool: Pool, keys?: Readonly<Record<string, unknown>>): Provider
  now(): number
}

export async function yandexBench(weather: FakeOptions = {}): Promise<YandexBench> {
  const start = Date.now()
  const now = (): number => start + Math.round((performance.now() - began) * FASTER)
  const began = performance.now()
  const fake = await startFakeYandex({
    operationDelay: () => 1_000,
    bootDelay: () => 500,
    applyDelay: 300,
    stopTime: 200,
    ...weather,
    now,
  })
  const lines: YandexBench['lines'] = []
  const note = (fields: object, message: string): void => void lines.push({ fields, message })
  const deps: YandexBench['deps'] = (over = {}) => ({
    ...{ now, random: Math.random, log: { info: note, warn: note }, controller: 'test', fetch },
    ...{ dir: '/', workDir: '/', folder: '/', env: {}, execPath: '/' },
    readFile: (path) => readFile(path, 'utf8'),
    sleep: (ms, signal) => wait(ms / FASTER, undefined, { signal }).catch(() => {}),
    pools: ['edge', 'other'],
    ...over,
  })
  const keys = {
    template: { folder: fake.folder, cores: 2, memory: '4GiB', subnets: fake.subnets },
    auth: { tokenFile: fake.tokenFile },
    endpoint: fake.endpoint,
    ca: fake.ca,
    nodeExporter: false,
  }
  const openIn: YandexBench['openIn'] = (own, pool, over = {}) =>
    yandex.settings.parse({ ...keys, ...over }).open(pool, own)
  return {
    ...{ fake, lines, deps, openIn, now },
    open: (pool) => openIn(deps(), pool),
    run: aRun,
    zones: ['ru-central1-a', 'ru-central1-b'],
    label: 'a-label_with-09',
    until: (check, what) => until(check, { what, within: 30_000, every: 20 }),
    settle: () => wait(60),
    lose: async (host) => fake.crash(host),
    alive: async (host) => fake.containersOf(host).map(({ instance }) => instance),
    processOf: async (instance) => {
      if (!fake.alive().includes(instance)) return undefined
      const told = fake.vms().flatMap(({ name }) => fake.serialOf(name))
      return told.findLast((line) => line.endsWith(`Container ${instance} Started`))
    },
    close: fake.close,
  }
}
