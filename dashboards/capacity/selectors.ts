import { ours } from '../parts/variables.ts'

/** Series of the controller about the chosen pools. */
export const pools = `${ours},pool=~"$pool"`

/** Series of what is scraped by the lists that the controller publishes (hosts.json, instances.json). */
export const published = 'pool=~"$pool"'

/** The exporters of the hosts of the chosen pools; those of other machines have no pool. */
export const idleCores = `node_cpu_seconds_total{mode="idle",${published}}`
