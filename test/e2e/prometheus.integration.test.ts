import { expect, test } from 'vitest'
import type { Decision } from '../../controller/decision/decision.ts'
import type { Controller } from '../support/controller.ts'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import {
  ask,
  asksIn,
  decisionsBetween,
  endScene,
  METRIC,
  policyOf,
  type Rule,
  type Scene,
  startScene,
  untilAboutToGoIn,
  untilDecision,
  untilGranted,
  untilLongPast,
  untilReady,
  WORKLOAD,
} from './prometheus-scene.ts'

const mean: Rule = { query: `avg(rate(${METRIC}{workload="${WORKLOAD}"}[5s]))`, per: 'instance' }
const total: Rule = { query: `sum(rate(${METRIC}{workload="${WORKLOAD}"}[5s]))`, per: 'workload' }

needs('prometheus')('a real Prometheus that scrapes real instances through the published lists', () => {
  test.concurrent('a rule on the total takes it out under load, and in when the load is over and the hold has passed', async () => {
    const scene = await startScene(policyOf(total, 4, '10s'))
    const { controller, load } = scene
    load.rate(150)
    await untilReady(controller, 3)
    await expectSeries(scene, 3)
    await expectHosts(scene)
    load.rate(0)
    await untilReady(controller, 2)
    await expectSeries(scene, 3)

    const changes = (await decisionsBetween(controller, 0)).filter(({ size, granted }) => size !== granted)
    expect(changes.map(({ size, granted, reason }) => ({ size, granted, reason }))).toEqual([
      { size: 0, granted: 2, reason: 'below-min' },
      { size: 2, granted: 3, reason: 'out-by-rule' },
      { size: 3, granted: 2, reason: 'in-by-rule' },
    ])
    const [, out, into] = changes
    expect(out?.sentence).toMatch(/^ingest 2 -> 3: events [\d.]+ over 60 \(8s mean\)$/)
    expect(into?.sentence).toMatch(/^ingest 3 -> 2: events [\d.]+ under 25 \(8s mean\)$/)
    expect((into?.at ?? 0) - (out?.at ?? 0)).toBeGreaterThanOrEqual(10_000)
    await endScene(scene)
  })

  test.concurrent('a Prometheus that is killed, or back with a hole in the window, lets nothing go in', async () => {
    await expectBlindness(
      async ({ prometheus }) => await prometheus.kill(),
      async ({ prometheus }) => await prometheus.restart(),
      /^ingest stays at 3: events is missing \(unreachable: .* refuses connections/,
    )
  })

  test.concurrent('a Prometheus that is frozen, or thawed with a hole in the window, lets nothing go in', async () => {
    await expectBlindness(
      ({ prometheus }) => prometheus.freeze(),
      ({ prometheus }) => prometheus.thaw(),
      /^ingest stays at 3: events is missing \(timeout: .* did not answer within 900 ms/,
    )
  })
})

/** Ends the readings when it is about to go in, and gives them back long after it could have. */
const expectBlindness = async (
  end: (scene: Scene) => unknown,
  giveBack: (scene: Scene) => unknown,
  words: RegExp,
) => {
  const scene = await startScene(policyOf(mean, 3, '20s'))
  const { controller, load } = scene
  load.rate(150)
  await untilGranted(controller, 3)
  load.rate(20)

  const waitsEnd = await untilAboutToGoIn(controller)
  await end(scene)
  const { at: ended } = await untilDecision(controller, 'a missing reading', isMissing)
  const past = await untilLongPast(controller, waitsEnd)
  await expectBlind(controller, 3, ended, past, words)
  await giveBack(scene)
  const { at: recovered } = await untilGranted(controller, 2)
  await expectHole(controller, 3, past, recovered)
  await endScene(scene)
}

const isMissing = ({ reason }: Decision): boolean => reason === 'missing'

/** Between two moments without readings, nothing went in, and each sentence says why. */
const expectBlind = async (controller: Controller, size: number, from: number, to: number, words: RegExp) => {
  const decisions = await decisionsBetween(controller, from, to)
  expect(decisions.length).toBeGreaterThan(0)
  for (const decision of decisions) {
    expect(decision).toMatchObject({ size, granted: size, reason: 'missing' })
    expect(decision.sentence).toMatch(words)
    expect(decision.alarms.join()).toContain('no reading for events')
  }
}

/** As long as the hole was in the window nothing went in, though the rule asked for it; then it went in by one. */
const expectHole = async (controller: Controller, size: number, from: number, to: number) => {
  const decisions = await decisionsBetween(controller, from, to)
  const went = decisions.findIndex(({ granted }) => granted < size)
  expect(decisions[went]).toMatchObject({ size, granted: size - 1, reason: 'in-by-rule' })
  const before = decisions.slice(0, went)
  for (const decision of before) {
    expect(decision).toMatchObject({ size, granted: size })
    expect(['missing', 'partial']).toContain(decision.reason)
  }
  const held = before.filter(asksIn)
  expect(held.length).toBeGreaterThan(0)
  for (const { reason, sentence } of held) {
    expect(reason).toBe('partial')
    expect(sentence).toMatch(
      /asks for \d, but nothing goes in while events is partial \(samples cover \d+ % of the window, 80 % are needed\)$/,
    )
  }
}

/** One series for each instance that ever was, with the published labels; its state is not among them, since it changes. */
const expectSeries = async (scene: Scene, instances: number) => {
  const series = await until(async () => {
    const found = (await ask(scene, 'series', { 'match[]': METRIC })) as Record<string, string>[]
    return new Set(found.map(({ instance }) => instance)).size === instances ? found : undefined
  })
  expect(series).toHaveLength(instances)
  for (const labels of series) {
    const { instance, host, zone } = labels
    expect(labels).toEqual({
      ...{ __name__: METRIC, job: 'ingest', pool: 'local', workload: WORKLOAD, version: 'v7' },
      ...{ instance, host, zone },
    })
    expect(instance).toMatch(/^ingest-\d+$/)
    expect(host).toMatch(/^capuchin-local-\d+$/)
    expect(zone).toMatch(/^[ab]$/)
  }
}

/** CPU and memory of each host, from its supervisor, with the labels of the published list. */
const expectHosts = async (scene: Scene) => {
  const hosts = (await scene.controller.status())?.pools[0]?.hosts ?? []
  const expected = hosts.map(({ host, zone }) => ({ host, pool: 'local', zone }))
  expect(expected).toHaveLength(2)
  for (const [metric, least] of [
    ['capuchin_host_cpu_seconds_total', 0.1],
    ['capuchin_host_memory_bytes', 50e6],
  ] as const) {
    const found = await until(async () => {
      const { result } = (await ask(scene, 'query', { query: metric })) as { result: Point[] }
      return result.length === 2 && result.every(({ value }) => Number(value[1]) > least) ? result : undefined
    })
    const labels = found.map(({ metric: { host, pool, zone } }) => ({ host, pool, zone }))
    expect(new Set(labels)).toEqual(new Set(expected))
    // What the exporter said of itself would come out under another name.
    expect(
      found.flatMap(({ metric }) => Object.keys(metric)).filter((name) => name.startsWith('exported_')),
    ).toEqual([])
  }
}

type Point = { metric: Record<string, string>; value: [number, string] }
