import type { z } from 'zod'
import type { Source, SourceDeps } from './source.ts'

/** What the configuration of every source holds: `interval` is the spacing of raw samples in ms, which rules inherit. */
type SourceConfig = z.ZodObject<{ type: z.ZodLiteral<string>; interval: z.ZodType<number> }>

/**
 * Binds a source to its configuration: parsing the YAML of a source then yields its ready `open`, without a look-up or a cast.
 * `faults` says what is wrong with a query before anything is asked, one sentence each; empty means that it can be asked.
 * `surveys`: it can tell the value of each instance, as `KnownSource` in policy/world.ts has it.
 */
export function defineSource<S extends SourceConfig>(
  schema: S,
  faults: (query: string) => string[],
  open: (config: z.output<S>, deps: SourceDeps) => Source,
  surveys?: 'by-label' | 'by-name',
) {
  return schema.transform((config) => ({
    surveys,
    type: config.type,
    interval: config.interval,
    config,
    faults,
    open: (deps: SourceDeps): Source => open(config, deps),
  }))
}
