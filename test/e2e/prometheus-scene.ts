import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Decision } from '../../controller/decision/decision.ts'
import { type Controller, gatewayCommand, makePlace, type Place } from '../support/controller.ts'
import { type OpenLoad, startOpenLoad } from '../support/open-load.ts'
import { type Prometheus, startPrometheus } from '../support/prometheus.ts'
import { until } from '../support/until.ts'

export const WORKLOAD = 'ingest'
export const METRIC = 'api_requests_count'

export type Rule = { query: string; per: 'workload' | 'instance' }

/** Short waits; the band is of events per second per instance. */
export const policyOf = (rule: Rule, max: number, hold: string) => ({
  workload: WORKLOAD,
  pool: 'local',
  run: {
    command: gatewayCommand,
    probe: { http: '/ready', every: '500ms', failures: 3, startWithin: '30s' },
    drain: { http: '/drain', grace: '5s' },
    version: 'v7',
  },
  size: { min: 2, max },
  rules: [{ name: 'events', source: 'main', ...rule, window: '8s', integral: { above: 60, below: 25 } }],
  out: { wait: '2s', perHour: { count: 10 } },
  in: { wait: '8s', hold, perHour: { count: 10 } },
})

export type Scene = { place: Place; controller: Controller; prometheus: Prometheus; load: OpenLoad }

/** A real Prometheus that scrapes what a real controller publishes; two instances are ready, nobody sends anything yet. */
export const startScene = async (policy: object): Promise<Scene> => {
  const place = await makePlace({ settings: () => ({}), policies: { [WORKLOAD]: policy } })
  // Prometheus watches a folder that is there when it starts; one that comes later it finds after minutes only.
  await mkdir(place.published, { recursive: true })
  // Twice as often as the settings say, so that a late scrape on a busy machine makes no hole.
  const prometheus = await startPrometheus({
    scrapeInterval: 500,
    fileSd: ['instances.json', 'hosts.json'].map((name) => join(place.published, name)),
  })
  await place.writeSettings({
    tick: '1s',
    sources: { main: { type: 'prometheus', url: prometheus.url, interval: '1s', timeout: '900ms' } },
    pools: {
      local: {
        ...{ provider: 'process', slots: 2, zones: ['a', 'b'], portBase: place.ports.base },
        hosts: { min: 1, max: 3 },
      },
    },
  })
  const controller = await place.run()
  await untilReady(controller, 2)
  const load = startOpenLoad(join(place.published, `${WORKLOAD}.list`), 0)
  return { place, controller, prometheus, load }
}

/** Everything in order at the end: no event lost or refused, no host left. */
export const endScene = async ({ place, controller, load }: Scene) => {
  const { sent, acknowledged, failed } = await load.stop()
  expect({ acknowledged, failed }).toEqual({ acknowledged: sent, failed: {} })
  await controller.stop()
  await place.down()
}

/** Waits for a decision that fits, and answers it; in vain, it tells the last one. */
export const untilDecision = async (
  controller: Controller,
  what: string,
  fits: (decision: Decision) => boolean,
): Promise<Decision> => {
  let last: Decision | undefined
  const look = async () => {
    last = (await controller.status())?.workloads[0]
    return last !== undefined && fits(last) ? last : undefined
  }
  try {
    return await until(look, { what, within: 40_000, every: 100 })
  } catch (error) {
    throw new Error(`${what} did not come; the last decision: ${JSON.stringify(last)}`, { cause: error })
  }
}

export const untilReady = (controller: Controller, size: number) =>
  untilDecision(controller, `${size} ready instances`, ({ granted, counts }) => {
    return granted === size && counts.ready === size && counts.draining + counts.leaving === 0
  })

export const untilGranted = (controller: Controller, size: number) =>
  untilDecision(controller, `a size of ${size}`, ({ granted }) => granted === size)

export const asksIn = ({ rules }: Decision): boolean => rules[0]?.proposal.kind === 'in'

/** Waits until the rule asks to go in and only waits are in the way, for some ticks more; answers when they will be over. */
export const untilAboutToGoIn = async (controller: Controller): Promise<number> => {
  const about = await untilDecision(controller, 'a scale-in that waits', (decision) => {
    const waits = ['hold-in', 'wait-in'].includes(decision.reason)
    return asksIn(decision) && waits && (decision.next.in ?? 0) > decision.at + 2_500
  })
  return about.next.in ?? Number.NaN
}

/** Waits until all waits are over for some ticks, in each of which it could have gone in. Answers when that was. */
export const untilLongPast = async (controller: Controller, time: number): Promise<number> => {
  const { at } = await untilDecision(controller, 'ticks after the waits', ({ at }) => at > time + 2_500)
  return at
}

/** The decisions of the history from one moment to another, both included. Runs of equal ones are folded: each is their last. */
export const decisionsBetween = async (
  controller: Controller,
  from: number,
  to = Number.POSITIVE_INFINITY,
): Promise<Decision[]> => {
  const entries = await controller.history({ kind: 'decision', workload: WORKLOAD })
  return entries.flatMap((entry) =>
    entry.kind === 'decision' && entry.last >= from && entry.first <= to ? [entry.decision] : [],
  )
}

export const ask = async ({ prometheus }: Scene, path: string, asked: Record<string, string>) => {
  const answer = await fetch(`${prometheus.url}/api/v1/${path}?${new URLSearchParams(asked)}`)
  return ((await answer.json()) as { data: unknown }).data
}
