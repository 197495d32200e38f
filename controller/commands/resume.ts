import { command } from './command.ts'
import { endOptions, handExits, misuse, onlyOne, unsay } from './hand.ts'

export const resume = command({
  name: 'resume',
  summary:
    'Takes back what pause, pin and scale have laid over a workload. Nothing jumps: step and rate hold.',
  operands: 'WORKLOAD',
  options: endOptions,
  exits: handExits,
  async run({ values, positionals }, context) {
    const workload = onlyOne(positionals)
    if (workload === undefined) return misuse('resume', 'name one workload', context)
    return await unsay('resume', { kind: 'workload', workload }, values, context)
  },
})
