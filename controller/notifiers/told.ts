import { join } from 'node:path'
import { z } from 'zod'
import { eventNames, type Happening, severities } from './notice.ts'
import type { Standing } from './standing.ts'

/** Something that lasts, or has lasted, and when (epoch ms) a notifier last told it, or gave up doing so (`isUnheard`). */
export interface Told extends Standing {
  toldAt: number
  isUnheard?: true
}

/** Something that is over since `until` (epoch ms). Without `isUnheard` it was told while it lasted. */
export interface Over extends Standing {
  until: number
  isUnheard?: true
}

/** What one notifier has told, and what it has still to tell. */
export interface OutletMemory {
  told: readonly Told[]
  /** What is over, and was not told to be. */
  over: readonly Over[]
  happened: readonly Happening[]
}

/** What survives a restart, so that nothing is told twice and nothing that is over is left standing. */
export interface Memory {
  /** When (epoch ms) the controller last said that it has started. */
  started?: number
  standing: readonly Standing[]
  outlets: Readonly<Record<string, OutletMemory>>
}

const about = {
  event: z.enum(eventNames),
  kind: z.string(),
  severity: z.enum(severities),
  subject: z.strictObject({
    workload: z.string().exactOptional(),
    pool: z.string().exactOptional(),
    host: z.string().exactOptional(),
  }),
  text: z.string(),
}

const StandingText = z.strictObject({
  ...about,
  key: z.string(),
  since: z.number(),
  after: z.number().exactOptional(),
  once: z.literal(true).exactOptional(),
})

const isUnheard = z.literal(true).exactOptional()
const ToldText = StandingText.extend({ toldAt: z.number(), isUnheard })
const OverText = StandingText.extend({ until: z.number(), isUnheard })

const MemoryText = z.strictObject({
  version: z.literal(1),
  started: z.number().exactOptional(),
  standing: z.array(StandingText),
  outlets: z.record(
    z.string(),
    z.strictObject({
      told: z.array(ToldText),
      over: z.array(OverText),
      happened: z.array(z.strictObject({ ...about, at: z.number() })),
    }),
  ),
})

/** Where it lies in the state folder. Its loss makes notifications come twice and nothing worse. */
export const memoryPath = (stateDir: string): string => join(stateDir, 'notifications.json')

/** What was told before, of a text that `writeMemory` made. One that cannot be read is no reason not to notify. */
export function readMemory(text: string | undefined): { memory: Memory; fault?: string } {
  const memory: Memory = { standing: [], outlets: {} }
  if (text === undefined) return { memory }
  try {
    const { version: _version, ...known } = MemoryText.parse(JSON.parse(text))
    return { memory: known }
  } catch {
    return { memory, fault: 'what is kept of it is of another form' }
  }
}

export const writeMemory = (memory: Memory): string => JSON.stringify({ version: 1, ...memory })

/** What tells whether there is something new to be kept: texts hold times that pass, and do not matter. */
export const shapeOf = (memory: Memory): string =>
  JSON.stringify(memory, (key: string, value: unknown) => (key === 'text' ? undefined : value))
