import type { Policy, Pool } from '../decision/policy.ts'
import { sayDuration } from '../policy/duration.ts'
import { hint } from '../policy/nearest.ts'
import type { Fault, Path } from '../policy/problem.ts'
import { coursesOf } from './courses.ts'
import type { Expectation } from './expectation.ts'
import { usual } from './given.ts'
import { type Moment, msAfter } from './moment.ts'
import { queuesOf } from './queue-text.ts'
import type { Course, Expected, Place, ScenarioEvent, ScenarioOutcome } from './scenario.ts'
import type { ScenarioEntry, ScenarioText } from './schema.ts'

/** A month of minutes, or a week of quarter minutes; each tick is kept in memory until the scenario is judged. */
const MOST_TICKS = 50_000

/** What a scenario file is held against. `tick`: that of the settings, ms. */
export interface Setting {
  policy: Policy
  pool: Pool
  tick: number
}

/** A scenario for its policy, or all that keeps it from being played. `placeOf`: of a path within the scenario. */
export function bindScenario(
  text: ScenarioEntry,
  file: ScenarioText,
  { policy, pool, tick }: Setting,
  placeOf: (path: Path) => Place,
): ScenarioOutcome {
  const own = { ...usual, tick, size: policy.size.min, hosts: 0 }
  const { begins, start: startTakes, ...world } = { ...own, ...present(file.given), ...present(text.given) }
  const { start, zone } = begins
  const ms = (moment: Moment): number => msAfter(moment, start, zone)
  const { queues, faults } = queuesOf(text.queue, file.queue, policy)
  const { courses, faults: wrong } = coursesOf(text.series, file.series, queues, policy, pool)
  // A queue that cannot be is probably what seems to be missing among the series.
  if (faults.length === 0) faults.push(...wrong)
  const events = text.events.map(
    (happens, i): ScenarioEvent => ({ at: ms(happens.at), happens, place: placeOf(['events', i]) }),
  )
  const length = text.for ?? lastTime(text, courses, events, ms)
  const expectations = text.expect.map((one, i) => expectedOf(one, placeOf(['expect', i]), length, ms))
  faults.push(
    ...sizeFaults(world, policy, pool),
    ...lengthFaults(length, world.tick),
    ...expectations.flatMap((expected, i) => expectationFaults(expected, i, length, policy)),
    ...events.flatMap(({ at }, i) => lateFault(at, length, ['events', i, 'at'])),
  )
  if (faults.length > 0) return { kind: 'faults', faults }
  const about = { name: text.name, place: placeOf(['name']), policy, pool, start, zone, length, startTakes }
  return { kind: 'scenario', scenario: { ...about, ...world, courses, queues, events, expectations } }
}

function expectedOf(
  expectation: Expectation,
  place: Place,
  length: number,
  ms: (moment: Moment) => number,
): Expected {
  const { at, from = at, to = at } = expectation
  const stretch = { from: from === undefined ? 0 : ms(from), to: to === undefined ? length : ms(to) }
  return { ...stretch, isStretch: at === undefined, expectation, place }
}

/** The keys that have a value. */
function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const copy = { ...given }
  for (const key of Object.keys(copy))
    if (Reflect.get(copy, key) === undefined) Reflect.deleteProperty(copy, key)
  return copy
}

/** The last time that anything in the scenario names. */
function lastTime(
  { expect }: ScenarioEntry,
  courses: readonly Course[],
  events: readonly ScenarioEvent[],
  ms: (moment: Moment) => number,
): number {
  const expected = expect.flatMap(({ at, from, to }) =>
    [at, from, to].flatMap((moment) => (moment === undefined ? [] : [ms(moment)])),
  )
  const happened = events.map(({ at, happens: { lasts = 0 } }) => at + lasts)
  return Math.max(0, ...expected, ...happened, ...courses.map(({ series }) => series.length))
}

function lengthFaults(length: number, tick: number): Fault[] {
  if (length < tick)
    return [
      {
        path: [],
        message: `is shorter than a tick (${sayDuration(tick)}): say how long it goes on, such as "for: 30m"`,
      },
    ]
  if (length / tick <= MOST_TICKS) return []
  return [{ path: [], message: `has more than ${MOST_TICKS} ticks: make it shorter, or its tick longer` }]
}

function sizeFaults({ size, hosts }: { size: number; hosts: number }, { run }: Policy, pool: Pool): Fault[] {
  const faults: Fault[] = []
  const room = pool.hosts.max * Math.floor(pool.slots / run.slots)
  if (size > room)
    faults.push({
      path: ['given', 'size'],
      message: `${size} instances do not fit the pool ${pool.name}: it has room for ${room}`,
    })
  if (hosts > pool.hosts.max)
    faults.push({
      path: ['given', 'hosts'],
      message: `${hosts} hosts are more than the pool ${pool.name} may have (${pool.hosts.max})`,
    })
  return faults
}

function expectationFaults(
  { from, to, expectation }: Expected,
  i: number,
  length: number,
  { rules }: Policy,
): Fault[] {
  const { rule, at } = expectation
  const faults = [...lateFault(from, length, ['expect', i, at === undefined ? 'from' : 'at'])]
  if (at === undefined) faults.push(...lateFault(to, length, ['expect', i, 'to']))
  if (from > to) faults.push({ path: ['expect', i, 'to'], message: `is before from (${sayDuration(from)})` })
  const names = rules.map(({ name }) => name)
  if (rule !== undefined && !names.includes(rule))
    faults.push({
      path: ['expect', i, 'rule'],
      message: `there is no rule "${rule}"${hint(rule, names) || `; there is ${names.join(', ')}`}`,
    })
  return faults
}

function lateFault(time: number, length: number, path: Path): Fault[] {
  if (time <= length) return []
  return [{ path, message: `is after the end of the scenario (${sayDuration(length)})` }]
}
