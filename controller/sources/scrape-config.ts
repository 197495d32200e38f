import { z } from 'zod'
import { span } from '../policy/duration.ts'

const LONGEST_TIMEOUT = 5_000

/**
 * `interval`: how often every instance is scraped, `timeout`: the deadline of one scrape (by default the interval, at most 5 s); both
 * ms. `concurrency`: scrapes under way at once. `maxBytes` and `maxSeries` bound what one instance may answer.
 */
export const ScrapeConfig = z
  .strictObject({
    type: z.literal('scrape').describe('reads /metrics of every instance by itself'),
    interval: span.prefault('15s').describe('how often every instance is scraped'),
    timeout: span.optional().describe('time that one scrape may take; by default the interval, at most 5s'),
    path: z
      .string()
      .startsWith('/', { error: 'has to begin with /' })
      .default('/metrics')
      .describe('path at which instances tell their metrics'),
    concurrency: z.int().min(1).max(1_000).default(64).describe('scrapes under way at once'),
    maxBytes: z.int().min(1_000).default(8_000_000).describe('bytes that one instance may answer'),
    maxSeries: z.int().min(1).default(2_000).describe('series that one instance may answer'),
  })
  .refine(({ interval, timeout }) => timeout === undefined || timeout <= interval, {
    path: ['timeout'],
    error: 'must not be longer than interval: a scrape has to end before the next',
  })

export type ScrapeSettings = z.output<typeof ScrapeConfig>

export const timeoutOf = ({ interval, timeout }: ScrapeSettings): number =>
  timeout ?? Math.min(interval, LONGEST_TIMEOUT)
