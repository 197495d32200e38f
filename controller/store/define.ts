import type { z } from 'zod'
import type { LockDeps } from './lock.ts'
import type { OpenOutcome } from './store.ts'

/** What stores may use of the world. */
export interface StoreDeps extends LockDeps {}

type StoreConfig = z.ZodObject<{ type: z.ZodLiteral<string> }>

/** Binds a store to its configuration: parsing the `store` of capuchin.yaml then yields its ready `open`. */
export function defineStore<S extends StoreConfig>(
  schema: S,
  open: (config: z.output<S>, deps: StoreDeps) => Promise<OpenOutcome>,
) {
  return schema.transform((config) => ({
    type: config.type,
    config,
    open: (deps: StoreDeps): Promise<OpenOutcome> => open(config, deps),
  }))
}
