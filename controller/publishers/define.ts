import type { z } from 'zod'
import type { FileSystem } from '../store/file-system.ts'
import type { Publisher } from './publisher.ts'

/** What publishers may use of the world. */
export interface PublisherDeps {
  fs: FileSystem
}

type PublisherConfig = z.ZodObject<{ type: z.ZodLiteral<string> }>

/** Binds a publisher to its configuration: parsing it then yields its ready `open`. */
export function definePublisher<S extends PublisherConfig>(
  schema: S,
  open: (config: z.output<S>, deps: PublisherDeps) => Publisher,
) {
  return schema.transform((config) => ({
    type: config.type,
    config,
    open: (deps: PublisherDeps): Publisher => open(config, deps),
  }))
}
