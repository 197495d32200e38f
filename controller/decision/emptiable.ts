import { type Board, spreadIn } from './board.ts'
import { boardWithout } from './board-without.ts'
import type { Scene } from './calm.ts'
import type { Settled } from './decide.ts'
import { staying } from './evacuate.ts'
import type { Entry, HostRecord } from './fleet.ts'
import { isHostFrozen } from './freeze.ts'
import { type Placed, place, spreadOf } from './place.ts'
import { isAlive } from './view.ts'
import { plural } from './words.ts'

/** A host that may be emptied, and what would become of what runs there. */
export interface Emptied {
  scene: Scene
  record: HostRecord
  /** Those that have no place elsewhere yet, in the order in which they move. */
  rest: readonly Entry[]
  /** Hosts that stay, and free slots, without the host. */
  left: { hosts: number; free: number }
  /** The pool without the host and, once `places` was asked, with `rest` where it would go. */
  elsewhere(): Board
  /** Where each of `rest` would go, by the rule of placement; found out when it is first asked for. */
  places(): readonly (Placed | undefined)[]
}

/** A reason why a host is not to be emptied, as a sentence's end. They hold before and while it is emptied. */
export interface Emptiable {
  name: string
  forbids(host: Emptied): string | undefined
}

/** `free`: slots that may be filled on the board, which is left as it is. */
export function emptied(scene: Scene, board: Board, free: number, record: HostRecord): Emptied {
  const { name } = record
  const spot = board.spots.get(name)
  const hosts = board.staying - Number(spot?.isClosing === false)
  const rest = staying(record).filter((entry) => !isReplaced(scene, entry))
  let tried: Board | undefined
  let found: (Placed | undefined)[] | undefined
  const elsewhere = (): Board => {
    tried ??= boardWithout(
      board,
      name,
      scene.instances.filter((one) => one.host === name && isAlive(one)),
    )
    return tried
  }
  const places = (): (Placed | undefined)[] => {
    found ??= rest.map((entry) => {
      const policy = settledOf(scene, entry)?.one.policy
      return policy && place(elsewhere(), policy)
    })
    return found
  }
  const left = { hosts, free: free - (spot?.free.length ?? 0) }
  return { scene, record, rest, left, elsewhere, places }
}

/** One at a time moves, so when there is one more than was granted, its replacement is there. */
function isReplaced(scene: Scene, entry: Entry): boolean {
  const settled = settledOf(scene, entry)
  if (entry.moving === undefined || settled === undefined) return false
  return settled.alive.length > settled.decision.granted
}

const settledOf = ({ ruled: known }: Scene, { workload }: Entry): Settled | undefined => known.get(workload)

const steady: Emptiable = {
  name: 'steady',
  forbids({ record, scene }) {
    const listed = scene.listing.get(record.name)
    const known = new Set([...record.entries, ...record.leaving].map(({ id }) => id))
    const isStrange = listed?.alive?.some((id) => !known.has(id)) === true
    if (isStrange) return `something that nobody knows runs on ${record.name}`
    return listed?.state === 'running' ? undefined : `${record.name} does not run`
  },
}

const frozen: Emptiable = {
  name: 'frozen',
  forbids: ({ record, scene }) =>
    isHostFrozen(scene.frozen, record) ? `something on ${record.name} is frozen` : undefined,
}

/** Somebody who has paused or pinned a workload wants to see it as it is. */
const overridden: Emptiable = {
  name: 'overridden',
  forbids({ record, scene }) {
    const here = new Set(record.entries.map(({ workload }) => workload))
    for (const { act, by } of scene.overrides) {
      if ((act.kind === 'pause' || act.kind === 'pin') && here.has(act.workload))
        return `${act.workload} is ${act.kind === 'pause' ? 'paused' : 'pinned'} by ${by}`
    }
    return undefined
  },
}

const ruled: Emptiable = {
  name: 'ruled',
  forbids({ record, scene }) {
    const stranger = record.entries.find((entry) => settledOf(scene, entry) === undefined)
    return stranger && `no policy names ${stranger.workload}`
  },
}

/** For the sake of money nothing is drained before its replacement is ready, so there has to be room for one more under max. */
const room: Emptiable = {
  name: 'max',
  forbids({ rest, scene }) {
    for (const entry of rest) {
      const settled = settledOf(scene, entry)
      if (settled === undefined || settled.decision.granted < settled.one.policy.size.max) continue
      return `${entry.workload} is at its max, so nothing of it can be replaced before it goes`
    }
    return undefined
  },
}

const floor: Emptiable = {
  name: 'hosts.min',
  forbids: ({ left, scene: { pool } }) =>
    left.hosts < pool.hosts.min
      ? `pool ${pool.name} is to have ${plural(pool.hosts.min, 'host')}`
      : undefined,
}

const spare: Emptiable = {
  name: 'spareSlots',
  forbids({ left, rest, scene: { pool } }) {
    const needed = rest.reduce((sum, { slots }) => sum + slots.length, 0)
    return left.free - needed < pool.spareSlots
      ? `${plural(pool.spareSlots, 'slot')} would not be free without it`
      : undefined
  },
}

/** All of it fits on hosts that run; opening another one would save nothing. */
const fits: Emptiable = {
  name: 'fits',
  forbids(host) {
    const places = host.places()
    const lost = host.rest.find((_, i) => {
      const spot = places[i]?.spot
      return spot === undefined || spot.opened !== undefined || !spot.running
    })
    return lost && `${lost.id} fits on no other host that runs`
  },
}

const spread: Emptiable = {
  name: 'spread',
  forbids(host) {
    host.places()
    for (const workload of new Set(host.rest.map((entry) => entry.workload))) {
      const settled = host.scene.ruled.get(workload)
      if (settled === undefined) continue
      const { homes, zones } = spreadIn(host.elsewhere(), workload)
      const most = spreadOf(settled.one.policy)
      const before = settled.alive
      const hosts = Math.min(most, new Set(before.map((one) => one.host)).size)
      const wide = Math.min(most, new Set(before.map((one) => one.zone)).size)
      if (homes.size < hosts) return `${workload} would be on fewer hosts`
      if (zones.size < wide) return `${workload} would be in fewer zones`
    }
    return undefined
  },
}

/** In their order: what is found by trying comes last. */
export const emptiableGuards: readonly Emptiable[] = [
  steady,
  frozen,
  overridden,
  ruled,
  room,
  floor,
  spare,
  fits,
  spread,
]

/** The first reason why the host is not to be emptied. */
export function forbidden(guards: readonly Emptiable[], host: Emptied): string | undefined {
  for (const guard of guards) {
    const why = guard.forbids(host)
    if (why !== undefined) return why
  }
  return undefined
}
