import type { Headroom } from '../decision/headroom.ts'
import type { Pool } from '../decision/policy.ts'
import { plural } from '../decision/words.ts'
import type { Finding, Listing, Provider } from '../providers/provider.ts'
import type { Stage } from './stage.ts'
import { hostsOf } from './trial.ts'

/** What can be seen without changing anything. `former`: hosts that a doctor before this one has left. */
export interface Seen {
  stages: readonly Stage[]
  former: readonly string[]
}

const LOOK_WITHIN = 60_000

export interface LookDeps {
  provider: Pick<Provider, 'inspect' | 'list' | 'headroom'>
  elapsed(): number
  within(ms: number): AbortSignal
  ended(stage: Stage): void
}

/** Signs in, looks whether what the pool names is there, lists, and asks what could be had. Stops at what is not ok. Never throws. */
export async function lookAround(pool: Pool, owner: string, deps: LookDeps): Promise<Seen> {
  const stages: Stage[] = []
  const note = (stage: Stage): void => {
    stages.push(stage)
    deps.ended(stage)
  }
  const isWell = (): boolean => stages.every(({ ok }) => ok)
  for (const finding of await inspected(deps)) note(finding)
  if (!isWell()) return { stages, former: [] }
  const began = deps.elapsed()
  const listing = await deps.provider.list(deps.within(LOOK_WITHIN))
  const former =
    listing.kind === 'hosts' ? hostsOf(listing.hosts, { owner, pool }).map(({ name }) => name) : []
  note({ ...listed(listing, former), took: deps.elapsed() - began })
  if (isWell()) note(roomOf(await deps.provider.headroom?.(deps.within(LOOK_WITHIN))))
  return { stages, former }
}

async function inspected({ provider, within }: LookDeps): Promise<readonly Finding[]> {
  return (await provider.inspect?.(within(LOOK_WITHIN))) ?? []
}

function listed(listing: Listing, former: readonly string[]): Stage {
  const what = 'list the machines'
  if (listing.kind === 'failed')
    return {
      ...{ what, ok: false, detail: listing.detail },
      remedy: 'see whether the cloud can be reached from here, and whether the folder is the right one',
    }
  const left = former.length === 0 ? '' : `; left by a doctor before: ${former.join(', ')}`
  return { what, ok: true, detail: `the list can be read${left}` }
}

function roomOf(headroom: Headroom | undefined): Stage {
  const what = 'room for more'
  if (headroom === undefined)
    return { what, ok: true, detail: 'cannot be told; the cloud will say so when it has none' }
  const { hosts, operations } = headroom
  const rooms = [
    ...(hosts === undefined ? [] : [`${hosts.why} ${plural(hosts.left, 'more host')}`]),
    ...(operations === undefined ? [] : [`${operations.why} ${plural(operations.left, 'operation')} now`]),
  ]
  const detail = rooms.length === 0 ? 'nothing bounds it' : rooms.join('; ')
  if (hosts === undefined || hosts.left > 0) return { what, ok: true, detail }
  return {
    ...{ what, ok: false, detail },
    remedy: 'have the quota raised in the console of the cloud, or delete what is not needed any more',
  }
}
