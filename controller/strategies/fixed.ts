import { z } from 'zod'
import type { StrategyShape } from './strategy.ts'

interface Fixed {
  size: number
}

/** Always the same size, whatever the load: for maintenance, and for services that need no measuring. */
export const fixed: StrategyShape<Fixed> = {
  measures: 'nothing',
  config: z
    .strictObject({ size: z.int().min(0).describe('instances to keep, between min and max') })
    .describe('always the same size, whatever the load'),
  band: () => ({}),
  says: ({ size }, rule) => ({ out: `${rule} is fixed at ${size}`, in: `${rule} is fixed at ${size}` }),
  faults({ size }, { min, max }) {
    if (size < min) return [`size (${size}) is under the workload's min (${min}), so it can never be reached`]
    if (size > max) return [`size (${size}) is over the workload's max (${max}), so it can never be reached`]
    return []
  },
  propose({ size }, seen) {
    if (size > seen.size) return { kind: 'out', size, why: `fixed at ${size}, now ${seen.size}` }
    if (size < seen.size) return { kind: 'in', size, why: `fixed at ${size}, now ${seen.size}` }
    return { kind: 'stay', why: `fixed at ${size}` }
  },
}
