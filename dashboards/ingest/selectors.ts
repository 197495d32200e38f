/**
 * Series of the chosen gateways and consumers. The variables go by names that no other dashboard has: links between them carry values
 * over, and a job of gateways is none of controllers.
 */
export const chosen = 'job=~"$service_job",workload=~"$service"'

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
