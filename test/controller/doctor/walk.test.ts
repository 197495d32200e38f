import { expect, test } from 'vitest'
import type { ProbeResult } from '../../../controller/decision/health.ts'
import { lookAround } from '../../../controller/doctor/look.ts'
import { type Stage, stageLines } from '../../../controller/doctor/stage.ts'
import { trialOf } from '../../../controller/doctor/trial.ts'
import { walk } from '../../../controller/doctor/walk.ts'
import { type Cloud, memoryCloud } from '../../../controller/providers/memory/cloud.ts'
import { memoryProvider } from '../../../controller/providers/memory/memory.ts'
import type { Weather } from '../../../controller/providers/memory/weather.ts'
import type { Finding, Provider } from '../../../controller/providers/provider.ts'
import { aPool } from '../../support/world.ts'

const pool = aPool({ name: 'edge', bootWithin: 120_000, zones: ['a', 'b'] })
const wish = { zone: 'a', image: 'page:v1', port: 80, path: '/' }
const slow: Partial<Weather> = {
  ...{ bootDelay: () => 40_000, startDelay: () => 5_000, stopTime: 3_000, deleteTime: 20_000 },
}

/** A doctor on a cloud of this process, in virtual time. `each` is told the stages as they end. */
function clinic(weather: Partial<Weather> = slow, change: (provider: Provider) => Provider = (same) => same) {
  let now = 1_000_000
  const cloud = memoryCloud(() => now, weather)
  const provider = change(memoryProvider(cloud, pool.name))
  const trial = trialOf(pool, 'capuchin', wish, { tag: 'abc', token: 'secret', now })
  const stopping = new AbortController()
  const deps = {
    ...{ provider, every: 1_000, stopped: stopping.signal, elapsed: () => now },
    within: () => new AbortController().signal,
    sleep: async (ms: number) => {
      now += ms
    },
    probe: async () => resultOf(cloud, trial.instance.id),
    begun: () => {},
    ended: (_stage: Stage) => {},
  }
  return { cloud, trial, deps, stopping }
}

function resultOf(cloud: Cloud, instance: string): ProbeResult {
  const health = cloud.health(instance)
  if (health.kind === 'ready') return health
  if (health.kind === 'unready') return health
  return { kind: 'silent', detail: 'connection refused', refused: true }
}

const outcomes = (stages: readonly Stage[]) =>
  stages.map(({ what, ok }) => `${ok ? 'ok' : 'failed'}: ${what}`)

test('a host is made, a slot of it filled and emptied, and it is deleted; each stage tells how long it took', async () => {
  const { cloud, trial, deps } = clinic()
  const { stages, left } = await walk(trial, deps)
  expect(outcomes(stages)).toEqual([
    'ok: order doctor-edge-abc in zone a',
    'ok: wait until it runs',
    'ok: fill a slot',
    'ok: empty the slot',
    'ok: delete doctor-edge-abc',
  ])
  expect(stages.map(({ took }) => took)).toEqual([0, 40_000, 5_000, 3_000, 20_000])
  expect(left).toEqual([])
  expect(cloud.hosts()).toEqual([])
})

test('its host carries the labels of somebody whom no controller takes for itself', async () => {
  const { cloud, trial, deps } = clinic()
  const labels: unknown[] = []
  await walk(trial, { ...deps, ended: () => void labels.push(cloud.hosts()[0]?.labels['controller']) })
  expect(labels[0]).toBe('capuchin-doctor')
})

test('an image that says 503 between SIGTERM and its end shows the grace that it was given', async () => {
  const { trial, deps } = clinic()
  const heard: ProbeResult[] = [
    { kind: 'silent', detail: 'connection refused', refused: true },
    { kind: 'ready' },
    ...Array.from({ length: 5 }, () => ({ kind: 'unready', detail: '503', drained: false }) as const),
  ]
  const gone: ProbeResult = { kind: 'silent', detail: 'connection refused', refused: true }
  const { stages } = await walk(trial, { ...deps, probe: async () => heard.shift() ?? gone })
  expect(stages[3]?.detail).toContain('it had at least 4.0 s between SIGTERM and its end')
})

const cases: {
  name: string
  weather?: Partial<Weather>
  change?: (provider: Provider) => Provider
  failed: string
  detail: string
  remedy: string
}[] = [
  {
    name: 'a zone without capacity names the other zones',
    weather: { ...slow, zoneCapacity: { a: 0 } },
    failed: 'order doctor-edge-abc in zone a',
    detail: 'zone a',
    remedy: '--zone b',
  },
  {
    name: 'a quota names the quota',
    weather: { ...slow, maxHosts: 0 },
    failed: 'order doctor-edge-abc in zone a',
    detail: 'quota',
    remedy: 'have the quota raised',
  },
  {
    name: 'a host that does not boot in time is told with the key that bounds it',
    weather: { ...slow, bootDelay: () => 1e9 },
    failed: 'wait until it runs',
    detail: 'pools.edge.bootWithin',
    remedy: 'console',
  },
  {
    name: 'an instance that never answers is told with what to look after',
    weather: { ...slow, startDelay: () => 1e9 },
    failed: 'fill a slot',
    detail: 'http://',
    remedy: 'security groups',
  },
  {
    name: 'an instance that does not go is told',
    change: (same) => ({
      ...same,
      setManifest: (host, manifest, signal) =>
        manifest.revision === 3
          ? Promise.resolve({ kind: 'done' })
          : same.setManifest(host, manifest, signal),
    }),
    failed: 'empty the slot',
    detail: 'still answers 120 s after the update',
    remedy: 'follows the metadata',
  },
  {
    name: 'a refused manifest is told in the words of the cloud',
    change: (same) => ({
      ...same,
      setManifest: async () => ({ kind: 'refused', code: 'auth', detail: 'permission denied' }),
    }),
    failed: 'fill a slot',
    detail: 'permission denied',
    remedy: 'roles',
  },
]

test.for(cases)('$name, and nothing is left', async ({ weather, change, failed, detail, remedy }) => {
  const { cloud, trial, deps } = clinic(weather, change)
  const { stages, left } = await walk(trial, deps)
  const wrong = stages.filter(({ ok }) => !ok)
  expect(wrong.map(({ what }) => what)).toEqual([failed])
  expect(wrong[0]?.detail).toContain(detail)
  expect(wrong[0]?.remedy).toContain(remedy)
  expect(left).toEqual([])
  expect(cloud.hosts()).toEqual([])
})

test.for([0, 1, 2, 3])(
  'interrupted after stage %i it deletes what it made and begins nothing else',
  async (after) => {
    const { cloud, trial, deps, stopping } = clinic()
    let ended = 0
    const { stages, left } = await walk(trial, {
      ...deps,
      ended: () => {
        if (ended++ === after) stopping.abort()
      },
    })
    expect(stages.at(-1)).toMatchObject({ what: 'delete doctor-edge-abc', ok: true })
    expect(left).toEqual([])
    expect(cloud.hosts()).toEqual([])
  },
)

test('an order whose answer is lost is asked again, and makes one host', async () => {
  let calls = 0
  const fate: Weather['fate'] = (operation) =>
    operation === 'createHost' && calls++ === 0 ? { kind: 'lost-after' } : { kind: 'well' }
  const { cloud, trial, deps } = clinic({ ...slow, fate })
  const { stages, left } = await walk(trial, deps)
  expect(stages.every(({ ok }) => ok)).toBe(true)
  expect(left).toEqual([])
  expect(cloud.log.filter(({ operation }) => operation === 'createHost')).toHaveLength(1)
})

test('one that cannot be deleted yet, as it is still being made, is asked for until it can', async () => {
  let calls = 0
  const { trial, deps, cloud } = clinic(slow, (same) => ({
    ...same,
    deleteHost: async (host, signal) =>
      ++calls < 5
        ? { kind: 'refused', code: 'invalid', detail: 'another operation is under way' }
        : await same.deleteHost(host, signal),
  }))
  expect((await walk(trial, deps)).left).toEqual([])
  expect(cloud.hosts()).toEqual([])
})

test('what cannot be deleted is named, also when nobody can tell whether it is there', async () => {
  const stuck = (same: Provider): Provider => ({
    ...same,
    deleteHost: async () => ({ kind: 'unknown', detail: 'no answer' }),
  })
  const { trial, deps } = clinic(slow, stuck)
  expect((await walk(trial, deps)).left).toEqual(['doctor-edge-abc'])
  const blind = clinic(slow, (same) => ({
    ...stuck(same),
    list: async () => ({ kind: 'failed', detail: 'no answer' }),
  }))
  expect((await walk(blind.trial, blind.deps)).left).toEqual(['doctor-edge-abc'])
})

test('looking stops at the first thing that is not well, and changes nothing', async () => {
  const wrong: Finding = { what: 'sign in', ok: false, detail: 'the key is unknown', remedy: 'make another' }
  const { cloud, deps } = clinic()
  const base = { ...deps, ended: () => {} }
  const inspect = async () => [wrong]
  const { stages } = await lookAround(pool, 'capuchin-doctor', {
    ...base,
    provider: { ...deps.provider, inspect },
  })
  expect(stages).toEqual([wrong])
  expect(cloud.calls).toEqual([])
})

test('looking tells what could be had, and who was left by a doctor before', async () => {
  const { cloud, trial, deps } = clinic({})
  await walk(trial, {
    ...deps,
    provider: { ...deps.provider, deleteHost: async () => ({ kind: 'unknown', detail: '' }) },
  })
  const headroom = async () => ({ hosts: { left: 2, why: 'the quota of 12 VMs leaves room for' } })
  const { stages, former } = await lookAround(pool, trial.owner, {
    ...deps,
    provider: { ...deps.provider, headroom },
  })
  expect(former).toEqual(['doctor-edge-abc'])
  expect(stages.map(({ detail }) => detail)).toEqual([
    'the list can be read; left by a doctor before: doctor-edge-abc',
    'the quota of 12 VMs leaves room for 2 more hosts',
  ])
  const none = async () => ({ hosts: { left: 0, why: 'the quota of 12 VMs leaves room for' } })
  const full = await lookAround(pool, trial.owner, {
    ...deps,
    provider: { ...deps.provider, headroom: none },
  })
  expect(full.stages.at(-1)).toMatchObject({ ok: false, remedy: expect.stringContaining('quota') })
  expect(cloud.hosts()).toHaveLength(1)
})

test('a stage is a line, and what to do about it another', () => {
  expect(stageLines({ what: 'sign in', ok: true, detail: 'key file', took: 420 })).toEqual([
    'ok      sign in: key file  (0.4 s)',
  ])
  expect(stageLines({ what: 'sign in', ok: false, detail: 'refused', remedy: 'ask', took: 95_000 })).toEqual([
    'FAILED  sign in: refused  (1m35s)',
    '        to do: ask',
  ])
})
