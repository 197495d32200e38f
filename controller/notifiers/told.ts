import { join } from 'node:path'
import { z } from 'zod'
import { atomicWrite } from '../store/atomic-write.ts'
import { ensureFolder, explainFault, type FileSystem, readText } from '../store/file-system.ts'
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

const EMPTY: Memory = { standing: [], outlets: {} }

/** Where it lies in the state folder. Its loss makes notifications come twice and nothing worse. */
export const memoryPath = (stateDir: string): string => join(stateDir, 'notifications.json')

/** What was told before. A file that cannot be read is no reason not to notify. */
export async function recallTold(fs: FileSystem, path: string): Promise<{ memory: Memory; fault?: string }> {
  try {
    const text = await readText(fs, path)
    if (text === undefined) return { memory: EMPTY }
    const { version: _version, ...memory } = MemoryText.parse(JSON.parse(text))
    return { memory }
  } catch (error) {
    const fault = error instanceof z.ZodError ? `${path}: it is of another form` : explainFault(error, path)
    return { memory: EMPTY, fault }
  }
}

/** Keeps it on disk. Answers why it could not; nothing is written where nothing but a text has changed. */
export function toldKeeper(fs: FileSystem, path: string, dir: string) {
  let written = ''
  return async (memory: Memory): Promise<string | undefined> => {
    // Texts hold times that pass; what is told must survive, not how it was last put.
    const shape = JSON.stringify(memory, (key: string, value: unknown) =>
      key === 'text' ? undefined : value,
    )
    if (shape === written) return undefined
    try {
      await ensureFolder(fs, dir, 0o755)
      await atomicWrite(fs, path, `${JSON.stringify({ version: 1, ...memory })}\n`, 0o600)
      written = shape
      return undefined
    } catch (error) {
      return explainFault(error, path)
    }
  }
}
