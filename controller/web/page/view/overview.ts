import { plural } from '../../../decision/words.ts'
import type { BillEntry } from '../../../history/history.ts'
import type { Status } from '../../status.ts'
import { alarmList } from './alarm-html.ts'
import { alarmsOf } from './alarms.ts'
import { type Event, eventList } from './events.ts'
import { handList, handOnHosts } from './hand.ts'
import type { Hour } from './hour.ts'
import { html } from './html.ts'
import { moneyList, moneyRows } from './money.ts'
import { type Item, itemOf, type List } from './part.ts'
import { poolCard } from './pool-card.ts'
import { poolItem } from './pool-html.ts'
import { workloadCard } from './workload-card.ts'
import { bandWords, workloadItem } from './workload-html.ts'

/** What the page is made from. `bills`: of the month, undefined while they are not known. */
export interface Facts {
  status: Status
  hourOf(workload: string): Hour | undefined
  events: readonly Event[]
  bills: readonly BillEntry[] | undefined
}

/** The lists of the page, by what they are about. */
export interface Overview {
  tally: List
  alarms: List
  hand: List
  workloads: List
  pools: List
  events: List
  money: List
}

/** So many decisions and steps are told. */
const EVENTS = 40

export function overviewOf({ status, hourOf, events, bills }: Facts): Overview {
  const { workloads, pools, at } = status
  const alarms = alarmsOf(status)
  const hand = handOnHosts(status)
  const cards = workloads.map((decision) => {
    const { workload, rules } = decision
    const bands = rules.filter(({ strategy }) => strategy !== 'fixed').map(({ band }) => bandWords(band))
    return workloadItem(workloadCard(decision, hourOf(workload), 'small'), bands)
  })
  return {
    tally: { id: 'tally', items: tallyItems(status, alarms.length) },
    alarms: alarmList(alarms),
    hand: handList(status),
    workloads: { id: 'workloads', items: cards },
    pools: { id: 'pools', items: pools.map((pool) => poolItem(poolCard(pool, hand))) },
    events: eventList(events, at, EVENTS),
    money: moneyList(moneyRows(pools, bills)),
  }
}

/** The whole in four numbers, each the way to where it is told at length. */
function tallyItems({ workloads, pools, overrides }: Status, alarms: number): Item[] {
  const instances = workloads.reduce((sum, { counts }) => sum + counts.ready, 0)
  const hosts = pools.reduce((sum, pool) => sum + pool.hosts.length, 0)
  const free = pools.reduce((sum, { slots }) => sum + slots.free, 0)
  return [
    tallyItem('alarms', alarms, 'alarm', '', '#alarms-title', alarms > 0 && 'bad'),
    tallyItem('hand', overrides.length, 'override', '', '#hand-title', overrides.length > 0 && 'by-hand'),
    tallyItem('workloads', workloads.length, 'workload', `, ${instances} ready`, '#workloads-title', false),
    tallyItem('hosts', hosts, 'host', `, ${plural(free, 'slot')} free`, '#pools-title', false),
  ]
}

function tallyItem(
  name: string,
  count: number,
  noun: string,
  more: string,
  href: string,
  mood: string | false,
): Item {
  const id = `tally-${name}`
  const attribute = mood !== false && html` class="${mood}"`
  const link = html`<a id="${id}-n"${attribute} href="${href}"><b>${count}</b> ${noun}${count !== 1 && 's'}${more}</a>`
  return itemOf(id, (place) => html`<li id="${id}">${place.part(`${id}-n`, link)}</li>`)
}
