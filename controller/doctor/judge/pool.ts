import type { Headroom } from '../../decision/headroom.ts'
import type { Pool } from '../../decision/policy.ts'
import { duration, plural } from '../../decision/words.ts'
import type { Finding, Listing } from '../../providers/provider.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** A pool as its provider and this machine show it. */
export interface PoolFacts {
  pool: Pool
  /** Whose hosts are ours. */
  controller: string
  listing: Listing
  /** How long the listing took, ms. */
  took: number
  findings?: readonly Finding[]
  headroom?: Headroom
  /** Why the minima of the policies do not fit. */
  misfit?: string
  /** Of a pool on this machine: its ports at which somebody else listens. */
  foreignPorts?: readonly number[]
  /** Of a pool on this machine: whether setpriv is there. */
  hasSetpriv?: boolean
}

export function judgePool(facts: PoolFacts): Remark[] {
  const { pool, listing, findings = [], misfit } = facts
  const about = `pool ${pool.name}`
  const { ok, wrong } = remarksOn(about)
  const remarks = findings.map((finding): Remark => {
    const what = `${finding.what}: ${finding.detail}`
    return finding.ok ? ok(what) : wrong(what, finding.remedy ?? 'see docs/yandex.md')
  })
  if (listing.kind === 'failed')
    remarks.push(
      wrong(
        `its hosts cannot be listed: ${listing.detail}`,
        'see that the provider can be reached from here and lets us in; until then nothing in the pool is changed',
      ),
    )
  else remarks.push(...judgeHosts(about, facts, listing))
  if (misfit !== undefined)
    remarks.push(wrong(misfit, 'as it says; until then some workloads stay below their min'))
  return [...remarks, ...judgeRoom(about, facts), ...judgeMachine(about, facts)]
}

function judgeHosts(
  about: string,
  { pool, controller, took }: PoolFacts,
  { hosts, strays = [] }: Extract<Listing, { kind: 'hosts' }>,
): Remark[] {
  const { ok, warning } = remarksOn(about)
  const ours = hosts.filter(
    ({ labels }) => labels['controller'] === controller && labels['pool'] === pool.name,
  )
  const ill = ours.filter(({ state }) => state === 'failed' || state === 'stopped')
  const others = hosts.length - ours.length
  const beside = others === 0 ? '' : ` (and ${others} of another controller)`
  const remarks: Remark[] = [
    ok(
      `${plural(ours.length, 'host')} of ${pool.hosts.min}..${pool.hosts.max}${beside}, listed in ${duration(took) === '0s' ? `${Math.round(took)} ms` : duration(took)}`,
    ),
  ]
  for (const { name, state } of ill)
    remarks.push(
      warning(
        `${name} is ${state}`,
        'the controller replaces it; where it does not, see `capuchin status` for why',
      ),
    )
  for (const { name, troubles = {} } of ours)
    for (const [id, { detail }] of Object.entries(troubles))
      remarks.push(warning(`${id} on ${name} does not run: ${detail}`, `capuchin logs ${id}`))
  for (const { name, why } of strays)
    remarks.push(
      warning(
        `${name} carries our labels and belongs to no pool (${why})`,
        'delete it where nobody needs it: it may cost money (pools.*.strays: remove does it by itself)',
      ),
    )
  return remarks
}

function judgeRoom(about: string, { headroom, pool }: PoolFacts): Remark[] {
  const left = headroom?.hosts
  if (left === undefined) return []
  const { ok, warning } = remarksOn(about)
  if (left.left > 0) return [ok(`${left.why} ${plural(left.left, 'more host')}`)]
  return [
    warning(
      `it could have no more hosts: ${left.why} ${plural(left.left, 'more host')}`,
      `have the quota raised before ${pool.name} needs to grow, or delete what is not needed any more`,
    ),
  ]
}

function judgeMachine(about: string, { foreignPorts = [], hasSetpriv, pool }: PoolFacts): Remark[] {
  const { warning, wrong } = remarksOn(about)
  const remarks: Remark[] = []
  if (foreignPorts.length > 0)
    remarks.push(
      wrong(
        `somebody else listens at ${foreignPorts.length === 1 ? 'port' : 'ports'} ${foreignPorts.slice(0, 10).join(', ')}, which instances of it are given`,
        `end it (ss -ltnp tells who), or move pools.${pool.name}.portBase`,
      ),
    )
  if (hasSetpriv === false)
    remarks.push(
      warning(
        'setpriv is not on the PATH, so that instances outlive a supervisor that is killed',
        'install util-linux',
      ),
    )
  return remarks
}
