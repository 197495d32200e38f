import { z } from 'zod'
import { reasonCodes } from '../decision/reason.ts'
import { hint } from '../policy/nearest.ts'
import { momentText } from './moment.ts'
import { parseRange, type Range, sayRangeWrong } from './range.ts'

const number = z
  .union([z.string(), z.number()], { error: ({ input }) => sayRangeWrong(input) })
  .transform((given, { addIssue }): Range => {
    const range = parseRange(given)
    if (range !== undefined) return range
    addIssue({ code: 'custom', message: sayRangeWrong(given) })
    return z.NEVER
  })

const reason = z.enum(reasonCodes)

/** The first that is no reason, with the one that it was probably meant to be. */
function sayReason(input: unknown): string {
  const given = Array.isArray(input) ? input : [input]
  const wrong = given.find((one) => !reason.safeParse(one).success)
  const near = typeof wrong === 'string' ? hint(wrong, reasonCodes) : ''
  return `has to be a reason or a list of reasons, not ${JSON.stringify(wrong)}${near || `; there is ${reasonCodes.join(', ')}`}`
}

const reasons = z
  .union([reason, z.array(reason).min(1)], { error: ({ input }) => sayReason(input) })
  .transform((given) => (Array.isArray(given) ? given : [given]))

/**
 * What is expected at a time or over a stretch. Over a stretch numbers hold in every tick, and what a decision says comes up at
 * least once, all of it in the same decision.
 */
export const Expectation = z
  .strictObject({
    at: momentText.optional().describe('at this time: 10m after the beginning, or 18:30 by the clock'),
    from: momentText.optional().describe('from this time on; without it from the beginning'),
    to: momentText.optional().describe('until this time; without it to the end'),
    size: number.optional().describe('instances that are wanted: 3, 2..5, 2.. or ..5'),
    ready: number.optional().describe('instances that are ready'),
    hosts: number.optional().describe('hosts that exist'),
    reaches: number.optional().describe('a size that comes up at least once'),
    changes: number.optional().describe('how often the size changes: 0, or ..3'),
    reason: reasons.optional().describe('a decision with this reason comes up; of a list one of them'),
    rule: z.string().min(1).optional().describe('that decision has this rule asking for more or for less'),
    says: z.string().min(1).optional().describe('the sentence of that decision has this in it'),
    alarm: z
      .string()
      .min(1)
      .optional()
      .describe('that decision raises an alarm that has this in it; none: no decision raises any'),
    never: reasons.optional().describe('no decision has this reason'),
    only: reasons.optional().describe('no decision has another reason'),
  })
  .superRefine(({ at, from, to, ...rest }, { addIssue }) => {
    const fail = (message: string, path: string[] = []): void => addIssue({ code: 'custom', path, message })
    if (at !== undefined && (from !== undefined || to !== undefined))
      fail('has at together with from or to: a time or a stretch', ['at'])
    if (Object.values(rest).every((value) => value === undefined))
      fail(
        'expects nothing: say size, ready, hosts, reaches, changes, reason, rule, says, alarm, never or only',
      )
    if (at !== undefined && rest.changes !== undefined)
      fail('needs a stretch: give from and to instead of at', ['changes'])
  })

export type Expectation = z.output<typeof Expectation>
