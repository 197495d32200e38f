import type { Pool } from '../../decision/policy.ts'
import { isListenedOn } from '../../providers/process/proc.ts'
import type { HostLister, Listing } from '../../providers/provider.ts'
import { skewOf } from '../../sources/skew.ts'
import type { HostStatus } from '../../web/status.ts'
import type { HostClock } from '../judge/clock.ts'

/** More of one machine would take long to look at. */
const MOST_PORTS = 300

/** The ports of a pool on this machine at which somebody listens who is none of its instances. */
export function foreignPorts(pool: Pool, listing: Listing): number[] {
  if (!pool.sharedAddress || listing.kind === 'failed') return []
  const ours = new Set(
    listing.hosts.flatMap(({ manifest, exporter }) => [
      ...(manifest?.instances ?? []).map(({ port }) => port),
      Number(exporter?.split(':').at(-1)),
    ]),
  )
  // What has been taken from a manifest may still have a process, which drains.
  const hasLeaving = listing.hosts.some(({ alive = [], manifest }) => {
    const ids = new Set(manifest?.instances.map(({ id }) => id))
    return alive.some((id) => !ids.has(id))
  })
  if (hasLeaving) return []
  const count = Math.min(MOST_PORTS, pool.hosts.max * pool.slots)
  const ports = Array.from({ length: count }, (_, i) => pool.portBase + i)
  return ports.filter((port) => !ours.has(port) && isListenedOn(port))
}

/** Lists the hosts, with the time that it took (ms). */
export async function timedList(
  lister: HostLister,
  elapsed: () => number,
  signal: AbortSignal,
): Promise<{ listing: Listing; took: number }> {
  const began = elapsed()
  const listing = await lister.list(signal)
  return { listing, took: elapsed() - began }
}

const MOST_HOSTS = 20
const EACH = 2_000

/** The clocks of hosts, by the Date header of whatever answers at one of their instances. Never rejects. */
export async function clocksOf(
  hosts: readonly HostStatus[],
  now: () => number,
  signal: AbortSignal,
): Promise<HostClock[]> {
  const found = hosts.slice(0, MOST_HOSTS).map(async ({ host, address, slots }): Promise<HostClock[]> => {
    const busy = slots.find((slot) => slot.state === 'ready')
    if (address === undefined || busy === undefined || busy.state === 'free') return []
    try {
      const sent = now()
      const url = `http://${address.includes(':') ? `[${address}]` : address}:${busy.port}/`
      const answer = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(EACH)]),
        redirect: 'manual',
      })
      await answer.body?.cancel()
      const skew = skewOf(answer.headers.get('date') ?? undefined, sent, now())
      return skew === undefined ? [] : [{ host, skew }]
    } catch {
      return []
    }
  })
  return (await Promise.all(found)).flat()
}
