import type { Policy } from '../../controller/decision/policy.ts'
import type { Question, Reading } from '../../controller/decision/reading.ts'
import { createCrowd } from '../../controller/simulate/crowd.ts'
import { createQueue, type QueueSpec, queueParts } from '../../controller/simulate/queue.ts'
import type { Series } from '../../controller/simulate/series.ts'
import { values } from '../../controller/sources/scripted.ts'
import { strategies } from '../../controller/strategies/index.ts'
import { aPolicy, aPool, createWorld } from './world.ts'

const MINUTE = 60_000

/** A level that goes on for ever, after another one `until` then (ms since the beginning). */
export function level(value: number, until = 0, before = value): Series {
  const segment = (from: number, to: number, of: number) => ({
    ...{ from, to, shape: { kind: 'level' as const, value: of } },
    arrival: { kind: 'whole' as const },
  })
  const last = segment(until, Number.POSITIVE_INFINITY, value)
  const segments = until === 0 ? [last] : [segment(0, until, before), last]
  return { isShared: false, unit: 'plain', segments, length: until }
}

/** A policy with a `backlog` of all its questions, which a queue answers; `given` in the words of YAML. */
export function drainingPolicy(given: object, other: Partial<Policy> = {}): Policy {
  const config = {
    production: 'production',
    consumption: 'consumption',
    partitions: 'partitions',
    rebalancing: { query: 'rebalancing' },
    ...given,
  }
  const configured = strategies.backlog.parse(config)
  const window = MINUTE / 2
  const asked = { source: 'main', interval: 5_000 }
  const asides = Object.entries(configured.asides).map(([name, { query, reach }]) => [
    name,
    { ...asked, text: query, window, ...(reach !== undefined && { reach }) },
  ])
  const rule = {
    ...{ name: 'lag', per: 'workload' as const, unit: 'plain' as const, window, coverage: 0.8 },
    strategy: configured.strategy({ unit: 'plain', window: '30s' }),
    query: { ...asked, text: 'lag' },
    asides: Object.fromEntries(asides),
  }
  return aPolicy('consumer', { rules: [rule], ...other })
}

/** Runs ticks of the whole controller over a queue that its instances work off. Answers the decisions, one a tick. */
export async function drained(
  policy: Policy,
  spec: QueueSpec,
  { ticks, every = 15_000, slots = 100 }: { ticks: number; every?: number; slots?: number },
  answer: (reading: Reading, question: Question) => Reading = (reading) => reading,
) {
  const crowd = createCrowd()
  let began: number | undefined
  let queue: ReturnType<typeof createQueue> | undefined
  const world = createWorld({
    pools: [aPool({ slots, hosts: { min: 1, max: 3 } })],
    policies: [policy],
    tickEvery: every,
    load(question) {
      const part = queueParts.find((name) => name === question.query)
      const [start, known] = [began, queue]
      if (part === undefined || start === undefined || known === undefined) return values(() => 0)(question)
      return answer(values((t) => known.at(part, t - start, question.step))(question), question)
    },
  })
  const controller = await world.start()
  const decisions = []
  for (let i = 0; i < ticks; i++) {
    const ready = world.cloud.alive().filter((id) => world.cloud.health(id).kind === 'ready')
    crowd.note(world.clock.now + every, ready)
    began ??= world.clock.now
    queue ??= createQueue(spec, crowd, began)
    decisions.push(...(await controller.tick()))
  }
  return decisions
}
