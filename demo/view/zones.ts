import type { HostStatus, PoolStatus } from '../../controller/web/status.ts'
import { legend, slotPicture } from '../../controller/web/words.ts'
import { type CloudState, hoursOf } from '../cloud/protocol.ts'
import { type Line, span, type Tone } from './line.ts'
import { coloured } from './marks.ts'
import { money, type Scene } from './scene.ts'

const ZONE = 16

/** The VMs by zone with their slots and states, and what they cost. What the controller does not know yet is not drawn. */
export function zoneLines(pool: PoolStatus | undefined, scene: Scene): Line[] {
  const { cloud } = scene
  const cost = sayCost(scene)
  const head = [span('VMs'.padEnd(14), 'bold'), span('of a fake Yandex Cloud', 'dim')]
  if (pool === undefined) return [[...head, span(': none yet', 'dim')]]
  const zones = new Set([...pool.hosts.map(({ zone }) => zone), ...(cloud?.zones ?? [])])
  const first = [...head, span(`: ${pool.hosts.length} of ${pool.hostsMin}..${pool.hostsMax}`)]
  return [
    [...first, ...(cost === undefined ? [] : [span(`; ${cost}`, 'bold')])],
    ...[...zones].toSorted().map((zone) => zoneLine(zone, pool.hosts, cloud)),
    [span(`  ${legend}`, 'dim')],
  ]
}

/** "9.30 an hour, 0.12 so far", by the cloud's own bill; undefined where there is none. VMs that are stopped cost nothing in it. */
export function sayCost({ cloud, pace }: Pick<Scene, 'cloud' | 'pace'>): string | undefined {
  if (cloud === undefined || pace.cloud === undefined) return undefined
  const { price } = pace.cloud
  const running = cloud.bill.filter(({ until }) => until === undefined).length
  return `${money(running * price)} an hour, ${money(hoursOf(cloud.bill, cloud.at) * price)} so far`
}

const states: Readonly<Record<string, Tone>> = {
  running: 'dim',
  ordered: 'high',
  booting: 'high',
  deleting: 'low',
}

function zoneLine(zone: string, hosts: readonly HostStatus[], cloud: CloudState | undefined): Line {
  const own = hosts.filter((host) => host.zone === zone)
  const closed = cloud?.closed.includes(zone) === true
  return [
    span(`  ${zone.padEnd(ZONE)}`, 'bold'),
    ...own.flatMap(({ host, state, slots }) => [
      ...coloured(`${slotPicture(slots)} ${host} `),
      span(`${state}   `, states[state] ?? 'bad'),
    ]),
    ...(closed ? [span('no capacity', 'bad')] : []),
  ]
}
