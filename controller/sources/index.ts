import { z } from 'zod'
import { alert } from './alert.ts'
import { graphite } from './graphite.ts'
import { kafka } from './kafka.ts'
import { prometheus } from './prometheus.ts'
import { scrape } from './scrape.ts'
import { scriptedSource } from './scripted.ts'

/** The registry: a new source is a new file and one line here. Parsing yields `{ type, interval, config, faults, open }`. */
export const SourceSettings = z.discriminatedUnion('type', [
  prometheus,
  graphite,
  scrape,
  kafka,
  alert,
  scriptedSource,
])

export type SourceSetting = z.output<typeof SourceSettings>
