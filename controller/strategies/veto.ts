import { z } from 'zod'
import { mean } from '../decision/wording.ts'
import { compared, figure } from '../decision/words.ts'
import type { Direction, Proposal, Seen, StrategyShape, Wording } from './strategy.ts'

interface Bound {
  above?: number | undefined
  below?: number | undefined
}

type Veto = { [direction in Direction]?: Bound | undefined }

const directions = ['out', 'in'] as const

const boundOf = (direction: Direction) =>
  z
    .strictObject({
      above: z.number().optional().describe(`a value over which nothing goes ${direction}`),
      below: z.number().optional().describe(`a value under which nothing goes ${direction}`),
    })
    .optional()
    .describe(`when nothing goes ${direction}`)

/**
 * Proposes nothing, and forbids a direction while the mean of its query is beyond a bound: a database that is hot already must
 * not get more clients. What it cannot see it forbids, in its own directions only.
 */
export const veto: StrategyShape<Veto> = {
  measures: 'value',
  config: z
    .strictObject({ out: boundOf('out'), in: boundOf('in') })
    .describe(
      'proposes nothing, and forbids a direction while the value is beyond a bound or cannot be seen',
    ),
  band: ({ out, in: into }) => {
    const above = out?.above ?? into?.above
    const below = out?.below ?? into?.below
    return { ...(above !== undefined && { above }), ...(below !== undefined && { below }) }
  },
  faults(config) {
    if (directionsOf(config).length === 0) return ['needs out or in: the direction that it forbids']
    return directionsOf(config).flatMap((direction) => boundFaults(config[direction] ?? {}, direction))
  },
  propose(config, seen, wording) {
    const bounds = directionsOf(config).map((direction) => judged(config, direction, seen, wording))
    const beyond = bounds.filter(({ forbids }) => forbids)
    const why = (beyond.length > 0 ? beyond : bounds).map((one) => one.why)
    return spoken(
      beyond.map(({ direction }) => direction),
      [...new Set(why)].join(' and '),
    )
  },
  missing: (config, detail) => spoken(directionsOf(config), `is missing (${detail})`),
  says(config, rule, wording) {
    const forbidden = directionsOf(config).map((direction) => {
      const { above, below } = config[direction] ?? {}
      const over = above === undefined ? [] : [`> ${figure(above)}`]
      const under = below === undefined ? [] : [`< ${figure(below)}`]
      return `${direction} while ${rule} ${[...over, ...under].join(' or ')} ${mean(wording)}`
    })
    return { forbids: forbidden.join(' and ') }
  },
}

const directionsOf = (config: Veto): Direction[] => directions.filter((one) => config[one] !== undefined)

function spoken(forbids: readonly Direction[], why: string): Proposal {
  return forbids.length === 0 ? { kind: 'allow', why } : { kind: 'forbid', forbids, why }
}

/** Whether one direction is forbidden. Of a partial reading a lower bound is all that is known, so it never allows. */
function judged(config: Veto, direction: Direction, { load, flaw }: Seen, wording: Wording) {
  const { above, below } = config[direction] ?? {}
  if (above !== undefined && load > above)
    return { direction, forbids: true, why: beyond(load, above, 'over', wording) }
  if (flaw !== undefined)
    return { direction, forbids: true, why: `is partial (${flaw}), at least ${figure(load)}` }
  if (below !== undefined && load < below)
    return { direction, forbids: true, why: beyond(load, below, 'under', wording) }
  return { direction, forbids: false, why: `is ${figure(load)} ${mean(wording)}, within its bounds` }
}

function beyond(load: number, bound: number, where: 'over' | 'under', wording: Wording): string {
  const [is, than] = compared(load, bound)
  return `is ${is}, ${where} ${than} ${mean(wording)}`
}

function boundFaults({ above, below }: Bound, direction: Direction): string[] {
  if (above === undefined && below === undefined)
    return [`${direction} needs above or below: the bound beyond which it forbids going ${direction}`]
  if (above === undefined || below === undefined || below < above) return []
  return [
    `${direction}: below (${below}) is not under above (${above}), so every value forbids going ${direction}`,
  ]
}
