import type { Cleanup } from './cleanup.ts'
import { billed, ledgerIn } from './cloud/bill.ts'
import { createMishaps } from './cloud/mishaps.ts'
import { countConsumed, countStored } from './count.ts'
import { type Course, createCourse } from './course.ts'
import { type Generator, startGenerator } from './load/generator.ts'
import type { LoadDone } from './load/protocol.ts'
import type { Outside } from './outside.ts'
import type { Pace } from './pace.ts'
import { type Report, type ReportedCloud, reportOf } from './report.ts'
import { runCloud, type Sky } from './setup/cloud.ts'
import { consumerWorkload, workload } from './setup/files.ts'
import { runKafka } from './setup/kafka.ts'
import { makePlace, type Place, writeFiles } from './setup/place.ts'
import { expectNone, runController } from './setup/running.ts'
import { backlogAt } from './setup/topic.ts'
import { type Alarm, awaited, Trouble } from './trouble.ts'
import { decisionFor } from './view/scene.ts'
import type { View } from './view/screen.ts'
import { lengthOf } from './wave.ts'

/** Of what a demo is made. `run`: the mark of its events. `keep`: the folder stays. `kafka`: its jars, for a pace that needs them. */
export interface Cast {
  pace: Pace
  run: string
  keep: boolean
  kafka?: string | undefined
  alarm: Alarm
  cleanup: Cleanup
  view: View
}

const UP_WITHIN = 90_000
const BACK_WITHIN = 150_000
const LOAD_ENDS_WITHIN = 45_000
const DRAINED_WITHIN = 60_000
const ANSWERS_WITHIN = 10_000
const DRAW_EVERY = 200

/**
 * The demo, read top to bottom. All that it starts is in the cleanup. Throws Trouble, or what raised the alarm, where it cannot go
 * on; that it went on and did not show what it should is in the report.
 */
export async function play(cast: Cast, outside: Outside): Promise<Report> {
  const { pace, run, alarm } = cast
  const course = createCourse(pace, outside.now)
  draw(course, cast)
  const place = await findPlace(cast, outside)
  await provideBroker(place, cast)
  const sky = await provideCloud(place, course, cast)
  await writeFiles(place, pace, sky?.ready)
  const running = await runController(place, course, cast)
  await untilUp(course, pace, alarm)

  course.waveBegins()
  const load = beginLoad(place, course, cast)
  const mishaps = mishapsOf(pace, sky)
  const isOver = () => {
    mishaps(course.load()?.at ?? 0)
    return isWaveOver(course, pace)
  }
  await awaited(isOver, lengthOf(pace.wave) + BACK_WITHIN, alarm.signal)
  await awaited(() => isBack(course, pace), BACK_WITHIN, alarm.signal)
  course.countingBegins()
  const done = await endLoad(load)
  await untilDrained(place, cast)

  const history = (await awaited(running.watch.history, ANSWERS_WITHIN, alarm.signal)) ?? []
  const sizes = course.sizes()
  const consumers = course.consumers()
  await running.close()
  const bill = await billOf(sky, place, course, cast, outside.now())
  const facts = { load: done, run, sizes, duration: course.scene().elapsed, history, ...bill }
  if (pace.consumer === undefined)
    return reportOf({ ...facts, stored: await countStored(await place.data(), run) })
  return reportOf({ ...facts, consumers, stored: await countConsumed(await place.data(), run) })
}

function draw(course: Course, { view, cleanup }: Cast): void {
  const show = (): void => view.show(course.scene())
  const timer = setInterval(show, DRAW_EVERY)
  cleanup.later('drawing', () => clearInterval(timer))
}

async function findPlace({ pace, keep, cleanup }: Cast, { root, node, tmp, out }: Outside): Promise<Place> {
  const place = await makePlace(pace, { root, node, tmp })
  cleanup.later('the ports', place.release)
  if (keep)
    cleanup.later('the folder', () =>
      out(`Settings, policy, state, logs and events are in ${place.folder}\n`),
    )
  else cleanup.later('the folder', place.remove)
  cleanup.later('processes that were left', () => expectNone(place))
  return place
}

async function provideBroker(place: Place, cast: Cast): Promise<void> {
  const { consumer } = cast.pace
  if (consumer === undefined || cast.kafka === undefined) return
  await runKafka(cast.kafka, place, consumer.partitions, cast)
}

async function provideCloud(place: Place, course: Course, cast: Cast): Promise<Sky | undefined> {
  const { cloud } = cast.pace
  return cloud === undefined ? undefined : await runCloud(place, cloud, course, cast)
}

const mishapsOf = ({ cloud }: Pace, sky: Sky | undefined): ((at: number) => void) =>
  cloud === undefined || sky === undefined ? () => {} : createMishaps(cloud, sky.cloud)

/** The workloads that the demo scales, with their min. */
const tiersOf = ({ size, consumer }: Pace): { name: string; min: number }[] => [
  { name: workload, min: size.min },
  ...(consumer === undefined ? [] : [{ name: consumerWorkload, min: consumer.size.min }]),
]

/** Until as many instances are ready as the policies' min asks for. */
async function untilUp(course: Course, pace: Pace, alarm: Alarm): Promise<void> {
  const decided = (name: string) => decisionFor(course.status(), name)
  const late = () => tiersOf(pace).filter(({ name, min }) => (decided(name)?.counts.ready ?? 0) < min)
  const up = await awaited(() => (late().length === 0 ? true : undefined), UP_WITHIN, alarm.signal)
  if (up !== undefined) return
  const said = late().map(({ name, min }) => {
    const { counts, sentence = 'it has not decided anything yet' } = decided(name) ?? {}
    return `${counts?.ready ?? 0} of ${min} instances of ${name} are ready (${sentence})`
  })
  throw new Trouble(
    `after ${UP_WITHIN / 1000} s ${said.join(', and ')}.\n` +
      'Run it again with --keep, and see the logs under state/hosts in its folder.',
  )
}

function beginLoad(place: Place, course: Course, { pace, run, alarm, cleanup }: Cast): Generator {
  const order = { wave: pace.wave, list: place.list, run }
  const load = startGenerator(place, order, course.loaded)
  cleanup.later('the load', load.kill)
  void load.failed.then((errors) => alarm.raise(new Trouble(`the load ended by itself. It said:\n${errors}`)))
  return load
}

const isWaveOver = (course: Course, { wave }: Pace): true | undefined => {
  const at = course.load()?.at ?? 0
  return at >= lengthOf(wave) ? true : undefined
}

/** All are back at min, with nothing on its way in or out. */
function isBack(course: Course, pace: Pace): true | undefined {
  const back = tiersOf(pace).every(({ name, min }) => {
    const decision = decisionFor(course.status(), name)
    if (decision === undefined || decision.granted !== min) return false
    const all = Object.values(decision.counts).reduce((sum, amount) => sum + amount, 0)
    return decision.counts.ready === min && all === min
  })
  return back ? true : undefined
}

const BILL_WITHIN = 10_000

/** What the VMs have cost, by the cloud's own books once everything is taken down. */
async function billOf(
  sky: Sky | undefined,
  place: Place,
  course: Course,
  { pace, alarm }: Cast,
  now: number,
): Promise<{ cloud?: ReportedCloud }> {
  if (sky === undefined || pace.cloud === undefined) return {}
  sky.cloud.tell('tell')
  const told = () => ((course.cloud()?.at ?? 0) >= now ? course.cloud() : undefined)
  const end = await awaited(told, BILL_WITHIN, alarm.signal)
  if (end === undefined) throw new Trouble('the fake cloud did not tell its bill; is the machine very busy?')
  return { cloud: billed(end, pace.cloud.price, await ledgerIn(place.folder, pace.cloud)) }
}

/** Until the consumers have committed everything that was written; what they have not done by then is told as lost. */
async function untilDrained({ ports }: Place, { pace: { consumer }, alarm }: Cast): Promise<void> {
  if (consumer === undefined) return
  const drained = async () => ((await backlogAt(ports, consumer.partitions)) === 0 ? true : undefined)
  await awaited(drained, DRAINED_WITHIN, alarm.signal)
}

async function endLoad(load: Generator): Promise<LoadDone> {
  const done = await load.stop(LOAD_ENDS_WITHIN)
  if (done !== undefined) return done
  throw new Trouble('the load did not tell its figures, so nothing can be counted; is the machine very busy?')
}
