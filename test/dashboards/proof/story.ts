import { until } from '../../support/until.ts'
import { askRange } from './ask.ts'
import { eventsOfCapuchin } from './events-of-capuchin.ts'
import { eventsOfServices } from './events-of-services.ts'
import { type Query, untilSeen } from './proof.ts'
import type { EventName } from './row.ts'
import type { World } from './world.ts'

const drives = { ...eventsOfServices, ...eventsOfCapuchin }

/** What happens together, one group after the other: what would hide the effect of another event has a group of its own. */
export const story: readonly (readonly EventName[])[] = [
  ['load', 'new certificate'],
  [
    ...(['slow order', 'bad posts', 'poison', 'backlog', 'viewers', 'wrong token'] as const),
    ...(['lines', 'alert'] as const),
  ],
  // A new instance is scraped late, and what it did before is no increase: it comes after what has to be counted.
  ['quota', 'chat away', 'carbon away', 'pin', 'guest', 'storm', 'second consumer'],
  ['source refuses', 'broker frozen', 'broken file'],
  ['source hangs'],
  ['calm', 'one consumer', 'clock ahead', 'exporter frozen'],
  ['no publishing', 'relay killed'],
  ['no saving'],
  ['cloud away', 'no history'],
  ['host killed'],
  ['cloud hangs'],
  ['controller killed'],
  ['controller back'],
]

/** What has to be so for a while before an event, lest what was before it looks like it. */
const before: Partial<Record<EventName, string>> = {
  'slow order': 'max_over_time(sum(capuchin_operations_in_flight)[9s:500ms]) == 0',
  // A pin in a load that asks for more is an alarm as well, and of another event.
  'source refuses': 'max_over_time(sum(capuchin_workload_alarms{workload="ingest"})[9s:500ms]) == 0',
  'host killed': 'max_over_time((count(up{workload!=""} == 0) or vector(0))[9s:500ms]) == 0',
}

const settled = async ({ prometheus: { url } }: World, event: EventName): Promise<void> => {
  const query = before[event]
  if (query === undefined) return
  const now = (): number => Date.now() / 1000
  await until(async () => (await askRange(url, query, now(), now())).length > 0, {
    ...{ within: 30_000, every: 300, what: `calm before: ${event}` },
  })
}

/** Makes the events of a group happen, waits until every panel that has to show one of them does, and ends them. */
export const tell = async (
  world: World,
  queries: readonly Query[],
  group: readonly EventName[],
): Promise<void> => {
  const { url } = world.prometheus
  const seeing = group.map(async (event) => {
    await settled(world, event)
    const moment = Date.now()
    const undo = await drives[event](world)
    try {
      await untilSeen(url, queries, event, moment)
    } finally {
      await undo?.()
    }
  })
  const failures = (await Promise.allSettled(seeing)).flatMap((one) =>
    one.status === 'rejected' ? [String(one.reason)] : [],
  )
  if (failures.length > 0) throw new Error(failures.join('\n'))
}
