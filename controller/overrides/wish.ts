import { z } from 'zod'
import { parseDuration } from '../policy/duration.ts'
import { MOST } from '../policy/fields.ts'

const named = z.string().min(1).max(100)

/** What an operator asks for. Numbers that are relative to what is there are resolved when it is asked for. */
const Wish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause'), workload: named }),
  z.strictObject({ kind: z.literal('pause-all') }),
  z.strictObject({ kind: z.literal('pin'), workload: named, size: z.int().min(0).max(MOST) }),
  z.strictObject({
    kind: z.literal('scale'),
    workload: named,
    by: z
      .int()
      .min(-MOST)
      .max(MOST)
      .refine((by) => by !== 0, { error: 'has to be more or less than 0' }),
  }),
  z.strictObject({ kind: z.literal('freeze'), subject: named }),
  z.strictObject({ kind: z.literal('add-hosts'), pool: named, count: z.int().min(1).max(MOST) }),
  z.strictObject({ kind: z.literal('drain-host'), host: named }),
  z.strictObject({ kind: z.literal('hold-pool'), pool: named }),
])

export type Wish = z.output<typeof Wish>

/** One line that a terminal, a log and a page can show as it is. */
const line = (most: number) =>
  z.string().regex(new RegExp(`^(?=.*\\S)[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,${most}}$`, 'u'), {
    error: `has to be one line of at most ${most} characters, and not empty`,
  })

/** Until it is taken back. */
export const EVER = 'ever'

const Length = z.string().transform((text, context): number | undefined => {
  if (text === EVER) return undefined
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  const message = `has to be a duration up to a year, such as 30m or 2h, or ${EVER}, not ${JSON.stringify(text)}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** Who says so, and why. */
export const Speaker = z.strictObject({ by: line(60), why: line(200) })

export type Speaker = z.output<typeof Speaker>

/** A wish with who, why and for how long, as it goes over the wire. Parsed, `for` is in ms, and undefined for ever. */
export const Word = z.strictObject({ act: Wish, ...Speaker.shape, for: Length })

export type Word = z.output<typeof Word>
/** Before it is parsed. */
export type WordText = z.input<typeof Word>

/** What is to be taken back: one override, all of a workload, the freeze of an instance or host, the pause of everything, or the hold of a pool. */
export const Target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('id'), id: named }),
  z.strictObject({ kind: z.literal('workload'), workload: named }),
  z.strictObject({ kind: z.literal('frozen'), subject: named }),
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('held-pool'), pool: named }),
])

export type Target = z.output<typeof Target>
