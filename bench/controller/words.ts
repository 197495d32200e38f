import { z } from 'zod'

/** What the measured controller tells its bench, a line of JSON each. Durations in ms, sizes in bytes. */
export const Word = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tick'),
    /** From the start of the process to the end of this tick. */
    sinceStart: z.number(),
    /** What the process has used of the processor since then. */
    cpuSinceStart: z.number(),
    wall: z.number(),
    user: z.number(),
    system: z.number(),
    rss: z.number(),
    /** Of the parts of the tick, by what was reached. */
    parts: z.record(z.string(), z.number()),
    rules: z.number(),
    /** Questions to sources, equal ones counted once. */
    questions: z.number(),
    /** HTTP requests to the Prometheus. */
    requests: z.number(),
    decisions: z.number(),
    whole: z.number(),
    /** Why a reading is not whole, one of them. */
    flaw: z.string().optional(),
  }),
  z.object({ kind: z.literal('end'), peakRss: z.number(), stateBytes: z.number() }),
])

export type Word = z.output<typeof Word>
export type TickWord = Extract<Word, { kind: 'tick' }>

export const say = (word: Word): void => void process.stdout.write(`${JSON.stringify(word)}\n`)
