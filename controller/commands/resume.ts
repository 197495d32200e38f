import type { Target } from '../overrides/wish.ts'
import { command } from './command.ts'
import { endOptions, handExits, misuse, unsay } from './hand.ts'
import { widely, wideOptions } from './widely.ts'

export const resume = command({
  name: 'resume',
  summary:
    'Takes back what pause, pin and scale have laid over a workload, or over all, or a pool. Nothing jumps: step and rate hold.',
  operands: '[WORKLOAD]',
  options: { ...wideOptions, ...endOptions },
  exits: handExits,
  async run({ values, positionals }, context) {
    const named = widely<Target>(positionals, values, {
      workload: (workload) => ({ kind: 'workload', workload }),
      all: { kind: 'all' },
      pool: (pool) => ({ kind: 'held-pool', pool }),
    })
    if (named === undefined)
      return misuse('resume', 'name one workload, or say --all, or --pool POOL', context)
    return await unsay('resume', named, values, context)
  },
})
