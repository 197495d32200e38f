import { type Desk, openDesk } from './notifiers/desk.ts'
import { memoryPath } from './notifiers/told.ts'
import type { Outside } from './outside.ts'
import type { Served } from './serve.ts'
import type { Settings } from './settings.ts'
import { keptAt } from './sources/kept.ts'
import type { Logger } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Live } from './web/live.ts'
import { statusOf } from './web/snapshot.ts'

/** What of a controller it is told what happens from. */
export interface Watched extends Served {
  loop: Served['loop'] & { ended: Promise<string> }
}

/** How notifying is led into the world. */
interface Ways {
  /** Where the controller serves. */
  address: string
  metrics: Metrics
  log: Logger
  live: Live
  outside: Outside
}

/** Has the notifiers of the settings told what happens in a controller, from now on. */
export async function startNotifying(
  settings: Settings,
  { deps, memory, parts, loop, reloading }: Watched,
  { address, metrics, log, live, outside }: Ways,
): Promise<Desk> {
  const { now, elapsed, random } = outside
  const { name: controller, notify: notifiers, folder, stateDir, store, tick: tickEvery } = settings
  const desk = await openDesk({
    ...{ now, elapsed, random, log, outside, controller, notifiers, folder, tickEvery, url: address },
    // A store that forgets has a desk that does.
    ...(store.type !== 'memory' && { kept: keptAt(outside.fs, memoryPath(stateDir)) }),
    within: deps.within,
    illness: loop.illness,
    status: () => statusOf(deps, memory, tickEvery, reloading?.notices()),
    count: metrics.notified,
    waiting: metrics.notificationsWaiting,
    gaveUp(subject, sentence) {
      parts.history.happened({ at: now(), step: 'notify', subject, result: 'refused', sentence })
    },
  })
  live.onChange(desk.ticked)
  void loop.ended.then((why) => {
    desk.happened({ kind: 'ended', severity: 'critical', text: `the controller has to end: ${why}` })
  })
  return desk
}
