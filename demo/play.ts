import type { Cleanup } from './cleanup.ts'
import { countStored } from './count.ts'
import { type Course, createCourse } from './course.ts'
import { type Generator, startGenerator } from './load/generator.ts'
import type { LoadDone } from './load/protocol.ts'
import type { Outside } from './outside.ts'
import type { Pace } from './pace.ts'
import { type Report, reportOf } from './report.ts'
import { makePlace, type Place } from './setup/place.ts'
import { runController } from './setup/running.ts'
import { type Alarm, awaited, Trouble } from './trouble.ts'
import type { View } from './view/screen.ts'
import { lengthOf } from './wave.ts'

/** Of what a demo is made. `run`: the mark of its events. `keep`: the folder stays. */
export interface Cast {
  pace: Pace
  run: string
  keep: boolean
  alarm: Alarm
  cleanup: Cleanup
  view: View
}

const UP_WITHIN = 90_000
const BACK_WITHIN = 150_000
const LOAD_ENDS_WITHIN = 45_000
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
  const running = await runController(place, course, cast)
  await untilUp(course, pace, alarm)

  course.waveBegins()
  const load = beginLoad(place, course, cast)
  await awaited(() => isWaveOver(course, pace), lengthOf(pace.wave) + BACK_WITHIN, alarm.signal)
  await awaited(() => isBack(course, pace), BACK_WITHIN, alarm.signal)
  course.countingBegins()
  const done = await endLoad(load)

  const history = (await awaited(running.watch.history, ANSWERS_WITHIN, alarm.signal)) ?? []
  const sizes = course.sizes()
  await running.close()
  const stored = await countStored(place.data, run)
  return reportOf({ load: done, stored, run, sizes, duration: course.scene().elapsed, history })
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
  return place
}

/** Until as many instances are ready as the policy's min asks for. */
async function untilUp(course: Course, { size }: Pace, alarm: Alarm): Promise<void> {
  const ready = (): number => course.status()?.workloads[0]?.counts.ready ?? 0
  const up = await awaited(() => (ready() >= size.min ? true : undefined), UP_WITHIN, alarm.signal)
  if (up !== undefined) return
  const said = course.status()?.workloads[0]?.sentence ?? 'it has not decided anything yet'
  throw new Trouble(
    `after ${UP_WITHIN / 1000} s ${ready()} of ${size.min} instances are ready (${said}).\n` +
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

/** Back at min, with nothing on its way in or out. */
function isBack(course: Course, { size }: Pace): true | undefined {
  const decision = course.status()?.workloads[0]
  if (decision === undefined || decision.granted !== size.min) return undefined
  const all = Object.values(decision.counts).reduce((sum, amount) => sum + amount, 0)
  return decision.counts.ready === size.min && all === size.min ? true : undefined
}

async function endLoad(load: Generator): Promise<LoadDone> {
  const done = await load.stop(LOAD_ENDS_WITHIN)
  if (done !== undefined) return done
  throw new Trouble('the load did not tell its figures, so nothing can be counted; is the machine very busy?')
}
