import type { Guards } from '../../controller/decision/conclude.ts'
import type { Decision } from '../../controller/decision/decision.ts'
import type { Policy } from '../../controller/decision/policy.ts'
import type { Question, Reading, Sample } from '../../controller/decision/reading.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import { createVirtualWorld, type VirtualWorld } from '../../controller/simulate/world.ts'
import type { Source } from '../../controller/sources/source.ts'
import { type Census, onlooker } from './census.ts'
import { mishap, someThrift, someWeather } from './mishaps.ts'
import { type Outage, someOutages, spoilt } from './outages.ts'
import { createJudge } from './promises.ts'
import { between, seeded } from './random.ts'
import { someRuling, type Terms } from './some-policy.ts'
import { someTrace, type Trace } from './traces.ts'
import { aPool } from './world.ts'

/** A mistake to plant, to see whether the promises that it breaks are found broken. */
export interface Plant {
  judgement?: Guards
  /** What the controller gets for an answer; the judge knows the true one. */
  read?(reading: Reading, question: Question): Reading
  wrap?(deps: Deps): Deps
  told?(decisions: readonly Decision[]): readonly Decision[]
}

/** What a seed led to. `story`: what was decided, tick by tick, for somebody who has to understand it. */
export interface Trial {
  violations: string[]
  ticks: number
  outs: number
  ins: number
  story(): string
}

/** One tick as it is told to somebody who has to understand it. */
interface Chapter {
  now: number
  events: string[]
  decisions: readonly Decision[]
  violations: string[]
}

const START = Date.UTC(2026, 0, 5, 12)
const SECOND = 1_000

/** The truth about one rule's metric. */
interface Metric {
  trace: Trace
  outages: Outage[]
}

/** One random world, from its first tick to its last, with all that may go wrong in it. */
export async function tryOut(seed: number, plant: Plant = {}): Promise<Trial> {
  const random = seeded(seed)
  const tickEvery = [15, 15, 15, 30, 60][between(random, 0, 4)] ?? 15
  const ticks = between(random, 16, 28)
  const length = ticks * tickEvery * SECOND
  const isRoomy = random() < 0.85
  const pool = aPool({
    hosts: { min: 0, max: isRoomy ? 40 : between(random, 3, 5) },
    listLag: 30 * SECOND,
    restarts: random() < 0.5,
    ...someThrift(random),
  })
  const { policies, terms } = someRuling(random, START, length)
  const metrics = new Map(policies.flatMap((policy) => metricsOf(random, policy, terms, length)))
  const answers = new Map<string, { question: Question; reading: Reading }>()
  const present: { at: number; ready: Map<string, string[]> }[] = []
  const source: Source = {
    read: async (question) => {
      const metric = metrics.get(question.query)
      const whole = metric === undefined ? nothing : answerOf(metric.trace, question, present)
      const reading = spoilt(metric?.outages ?? [], question, whole, world.clock.now)
      answers.set(question.query, { question, reading })
      return plant.read?.(reading, question) ?? reading
    },
    close: async () => {},
  }
  const world = createVirtualWorld({
    pools: [pool],
    policies,
    sources: new Map([
      ['main', source],
      ['other', source],
    ]),
    start: START,
    tickEvery: tickEvery * SECOND,
    weather: someWeather(random),
    ...(plant.judgement !== undefined && { judgement: plant.judgement }),
    ...(plant.wrap !== undefined && { wrap: plant.wrap }),
  })
  const { judge } = createJudge()
  const eye = onlooker()
  const chapters: { now: number; events: string[]; decisions: readonly Decision[]; violations: string[] }[] =
    []
  const rough = random() < 0.4 ? 0 : random() * 0.25
  let blindUntil = 0
  world.cloud.weather.listFails = () => (world.clock.now < blindUntil ? 'no answer' : undefined)
  let controller = await world.start()

  for (let i = 0; i < ticks; i++) {
    const events: string[] = []
    if (random() < rough) {
      const event = await mishap(random, world, controller)
      events.push(event)
      if (event === 'restart') {
        world.clock.now += between(random, 0, 8) * 15 * SECOND
        controller = await world.start()
      }
      if (event === 'blind') blindUntil = world.clock.now + between(random, 1, 8) * tickEvery * SECOND
    }
    world.clock.now += tickEvery * SECOND
    const { now } = world.clock
    const before = world.disk.state
    const isBlind = now < blindUntil
    const { policies: ruling } = world
    present.push({ at: now, ready: readyIn(world, ruling) })
    if (!isBlind) eye.look(before, world.cloud, now)
    answers.clear()
    const decided = await controller.tickNow()
    const decisions = plant.told?.(decided) ?? decided
    const after = world.disk.state
    const census = new Map<string, Census>()
    for (const { workload } of ruling)
      census.set(workload, eye.count(workload, before, after, world.cloud, now))
    const about = {
      now,
      pool,
      policies: ruling,
      before,
      after,
      decisions,
      isBlind,
      isRoomy,
      answers,
      census,
      terms,
    }
    chapters.push({ now, events, decisions, violations: judge(about) })
  }
  const decisions = chapters.flatMap((one) => one.decisions)
  return {
    violations: chapters.flatMap(({ violations }) => violations),
    ticks,
    outs: decisions.filter(({ size, granted }) => granted > size).length,
    ins: decisions.filter(({ size, granted }) => granted < size).length,
    story: () => chapters.map(chapter).join('\n'),
  }
}

const nothing: Reading = { kind: 'missing', reason: 'no-data', detail: 'no such metric' }

function metricsOf(
  random: () => number,
  { size, rules }: Policy,
  terms: ReadonlyMap<string, Terms>,
  length: number,
): [string, Metric][] {
  const most = (size.min + size.max) / 2
  return rules.map(({ query }) => {
    const text = query?.text ?? ''
    const about = terms.get(text)
    const each = about?.kind === 'target' ? about.level : (about?.above ?? 1)
    const trace = someTrace(random, each, about?.kind === 'veto' ? 1 : most, length)
    return [text, { trace, outages: someOutages(random, START, length) }]
  })
}

/** What a source without faults answers: a total, or the mean over those that are there. */
function answerOf(
  trace: Trace,
  { query, per, from, to, step }: Question,
  present: readonly { at: number; ready: ReadonlyMap<string, string[]> }[],
): Reading {
  const [workload = ''] = query.split('/')
  const samples: Sample[] = []
  let seen: readonly string[] = []
  for (let t = to - (Math.floor((to - from) / step) - 1) * step; t <= to; t += step) {
    const load = trace(t - START)
    if (per === 'workload') samples.push({ t, value: load })
    else {
      seen = present.findLast(({ at }) => at <= t)?.ready.get(workload) ?? []
      if (seen.length > 0) samples.push({ t, value: load / seen.length, present: seen.length })
    }
  }
  return { kind: 'samples', samples, step, seen }
}

/** Who answers, those that drain among them, since their work is done too. */
function readyIn({ cloud, disk }: VirtualWorld, policies: readonly Policy[]): Map<string, string[]> {
  const ready = new Map<string, string[]>(policies.map(({ workload }) => [workload, []]))
  for (const { entries } of Object.values(disk.state.hosts)) {
    for (const { id, workload } of entries)
      if (cloud.health(id).kind === 'ready') ready.get(workload)?.push(id)
  }
  return ready
}

function chapter(one: Chapter): string {
  const time = new Date(one.now).toISOString().slice(11, 19)
  const told = one.decisions.map(({ sentence, counts: { ready, starting, draining } }) => {
    return `${sentence} [${ready} ready, ${starting} starting, ${draining} draining]`
  })
  return [...one.events.map((event) => `-- ${event}`), ...told, ...one.violations.map((what) => `!! ${what}`)]
    .map((line) => `${time} ${line}`)
    .join('\n')
}
