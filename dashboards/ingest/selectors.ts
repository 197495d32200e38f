/** Series of the chosen gateways and consumers. */
export const chosen = 'job=~"$job",workload=~"$workload"'

/** How series of all instances of a service are put together, and called. */
export const byService = 'by (job, workload)'
export const service = '{{job}} {{workload}}'

export const total = (metric: string): string =>
  `sum ${byService} (rate(${metric}{${chosen}}[$__rate_interval]))`

/** A quantile over all instances of a service. */
export const quantile = (share: number, metric: string): string =>
  `histogram_quantile(${share}, sum by (job, workload, le) (rate(${metric}_bucket{${chosen}}[$__rate_interval])))`

/** The mean over all instances of a service. */
export const mean = (metric: string): string => `${total(`${metric}_sum`)} / ${total(`${metric}_count`)}`
