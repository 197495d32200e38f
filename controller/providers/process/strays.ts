import { type Identity, identify } from './identity.ts'
import { environmentOf, isLiving, processes } from './proc.ts'
import type { Order } from './records.ts'

/** A process of an instance, or one beside them, found by what it was started with rather than by a number in a file. */
export interface Stray {
  instance: string
  identity: Identity
}

const KEY = 'CAPUCHIN_HOST_KEY='
const INSTANCE = 'CAPUCHIN_INSTANCE='

/**
 * The processes of a host's instances, their own children included, by the key in their environment. With the supervisor dead the
 * kernel has ended its children, but not what they had started themselves.
 */
export function straysOf({ key }: Order): Stray[] {
  const strays: Stray[] = []
  for (const stat of processes()) {
    const instance = isLiving(stat) ? instanceIn(environmentOf(stat.pid), key) : undefined
    const identity = instance === undefined ? undefined : identify(stat.pid)
    // The pid may have been given away between the two looks; then its start time differs.
    if (instance === undefined || identity?.start !== stat.start) continue
    strays.push({ instance, identity })
  }
  return strays
}

function instanceIn(environment: readonly string[], key: string): string | undefined {
  if (!environment.includes(`${KEY}${key}`)) return undefined
  return environment.find((one) => one.startsWith(INSTANCE))?.slice(INSTANCE.length)
}
