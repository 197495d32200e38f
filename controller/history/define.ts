import type { z } from 'zod'
import type { FileSystem } from '../store/file-system.ts'
import type { History } from './history.ts'

/** How long ready counts stay in memory, in ms: longer than the window of any sensible rule. */
export const READY_KEPT = 24 * 3_600_000

export type HistoryOutcome =
  | { kind: 'open'; history: History }
  | { kind: 'refused'; reason: 'newer' | 'unwritable'; detail: string }

/** What histories may use of the world. */
export interface HistoryDeps {
  fs: FileSystem
  /** Epoch ms. */
  now(): number
}

type HistoryConfig = z.ZodObject<{ type: z.ZodLiteral<string> }>

/** Binds a history to its configuration: parsing it then yields its ready `open`. */
export function defineHistory<S extends HistoryConfig>(
  schema: S,
  open: (config: z.output<S>, deps: HistoryDeps) => Promise<HistoryOutcome>,
) {
  return schema.transform((config) => ({
    type: config.type,
    config,
    open: (deps: HistoryDeps): Promise<HistoryOutcome> => open(config, deps),
  }))
}
