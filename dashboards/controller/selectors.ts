import { ours } from '../parts/variables.ts'

/** Events a second of the chosen controllers, by some labels. */
export const rateBy = (labels: string, metric: string): string =>
  `sum by (${labels}) (rate(${metric}{${ours}}[$__rate_interval]))`

/** How often it happened, by some labels. */
export const countBy = (labels: string, metric: string): string =>
  `sum by (${labels}) (increase(${metric}{${ours}}[$__rate_interval]))`

/** A quantile of a histogram, by some labels. */
export const quantileBy = (labels: string, share: number, metric: string): string =>
  `histogram_quantile(${share}, ${rateBy(`${labels}, le`, `${metric}_bucket`)})`

/** What tells a controller from whatever else is scraped: processes of all kinds export the metrics of a process. */
const itself = `on (job, instance) capuchin_build_info{${ours}}`

/** A gauge of the process of each chosen controller. */
export const ofProcess = (metric: string): string => `${metric}{${ours}} and ${itself}`

/** How fast a counter of those processes grows, by some labels. */
export const rateOfProcess = (labels: string, metric: string): string =>
  `sum by (${labels}) (rate(${metric}{${ours}}[$__rate_interval]) and ${itself})`

/** A gauge of the chosen controllers. */
export const gauge = (metric: string): string => `${metric}{${ours}}`
