import type { ListedHost, Manifest, ManifestInstance } from '../decision/fleet.ts'
import type { Pool, Run } from '../decision/policy.ts'
import type { HostOrder } from '../providers/provider.ts'

/** What a doctor is going to make: one host of a pool in a zone, and on it one instance. */
export interface Trial {
  pool: Pool
  /** Whose labels the host carries: a name under which no controller runs, so that none adopts it. */
  owner: string
  host: string
  zone: string
  instance: ManifestInstance
}

/** What is asked for on the command line. */
export interface TrialWish {
  zone: string
  image: string
  port: number
  path: string
}

/** A name beside the controller's own, which its provider takes for somebody else. */
export const ownerOf = (controller: string): string => `${controller}-doctor`

/** `tag`: a few letters and digits that make the host's name its own. `token`: a fresh secret. */
export function trialOf(
  pool: Pool,
  controller: string,
  wish: TrialWish,
  { tag, token, now }: { tag: string; token: string; now: number },
): Trial {
  const instance: ManifestInstance = {
    ...{ id: `doctor-${tag}`, workload: 'doctor', slots: [0], port: wish.port, token, placedAt: now },
    run: runOf(wish),
  }
  return { pool, owner: ownerOf(controller), host: `doctor-${pool.name}-${tag}`, zone: wish.zone, instance }
}

const GRACE = 10_000
const START_WITHIN = 300_000

const runOf = ({ image, path }: TrialWish): Run => ({
  image,
  env: {},
  slots: 1,
  probe: {
    ...{ target: { kind: 'http', path }, every: 1_000, timeout: 2_000, failures: 1 },
    startWithin: START_WITHIN,
  },
  drain: { grace: GRACE },
  version: 'doctor',
})

/** A host of its own epoch; each change of what it runs is a revision. */
export const manifestOf = (revision: number, instances: readonly ManifestInstance[]): Manifest => ({
  ...{ revision, epoch: 1, instances },
})

export function orderOf({ pool, owner, host, zone }: Trial): HostOrder {
  const slots = String(pool.slots)
  const labels = { controller: owner, pool: pool.name, index: '0', slots, intent: host, epoch: '1' }
  return { name: host, zone, labels }
}

/** Hosts of this and of former doctors in a listing, whatever else it names. */
export const hostsOf = (hosts: readonly ListedHost[], { owner, pool }: Pick<Trial, 'owner' | 'pool'>) =>
  hosts.filter(({ labels }) => labels['controller'] === owner && labels['pool'] === pool.name)
