import type { Target } from '../sources/source.ts'
import type { Looked } from './look.ts'

/** Whom a source that scrapes by itself asks: every instance that has an address and is not on its way out of life. */
export function targetsToScrape(looked: Looked | undefined): Target[] {
  if (looked === undefined) return []
  return looked.conclusion.instances.flatMap(
    ({ id, workload, host, zone, version, address, port, state }) => {
      if (address === undefined || state === 'lost' || state === 'dead') return []
      return [{ id, workload, host, zone, version, address: `${address}:${port}`, ready: state === 'ready' }]
    },
  )
}
