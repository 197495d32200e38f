import type { Cleanup } from '../cleanup.ts'
import type { Course } from '../course.ts'
import { createStory } from '../story.ts'
import { type Alarm, Trouble } from '../trouble.ts'
import { startWatch, type Watch } from '../watch.ts'
import type { Child } from './child.ts'
import { startController, takeDown, untilHealthy } from './controller.ts'
import { endLeftovers } from './leftovers.ts'
import type { Place } from './place.ts'

/** A controller that runs, with its hosts, and is watched. */
export interface Running {
  watch: Watch
  /** Stops the controller and then, by `capuchin down`, its hosts. Throws Trouble when something stays. */
  close(): Promise<void>
}

/**
 * Starts the controller of a place and waits until it is well. When it ends by itself the alarm is raised with what it said. Whatever
 * happens, the cleanup stops its hosts.
 */
export async function runController(
  place: Place,
  course: Course,
  { alarm, cleanup }: { alarm: Alarm; cleanup: Cleanup },
): Promise<Running> {
  const controller = startController(place)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= takeDown(controller, place)
    return closing
  }
  // What a first attempt came to has been told already.
  cleanup.later('stopping the hosts', () => (closing === undefined ? close() : undefined))
  void controller.ended.then(({ how }) => {
    if (closing === undefined) alarm.raise(endedByItself(controller, how))
  })
  await untilHealthy(controller, place, alarm.signal)
  course.serves(place.url)
  const story = createStory()
  const watch = startWatch({
    ...{ url: place.url, from: course.scene().began, fetch, seen: course.seen },
    told: (entries) => course.told(story.take(entries)),
  })
  cleanup.later('the watch', watch.stop)
  return { watch, close }
}

const endedByItself = (controller: Child, how: string): Trouble =>
  new Trouble(`the controller ended by itself (${how}). Its last lines:\n${controller.lastWords()}`)

/** What was started in a place is stopped by then; where that could not be done, or failed, what is left ends here. */
export function expectNone({ folder }: Place): void {
  const found = endLeftovers(folder)
  if (found.length === 0) return
  throw new Error(
    `${found.length} had to be killed:\n${found.map(({ command }) => `  ${command}`).join('\n')}`,
  )
}
