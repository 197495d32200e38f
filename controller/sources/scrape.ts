import { missing } from '../decision/reading.ts'
import { defineSource } from './define.ts'
import { ScrapeConfig, type ScrapeSettings } from './scrape-config.ts'
import type { Source } from './source.ts'

function open({ path }: ScrapeSettings): Source {
  return {
    read: async () => missing('no-data', `${path} is not read before its loop is here`),
    async close() {},
  }
}

export const scrape = defineSource(ScrapeConfig, () => [], open)
