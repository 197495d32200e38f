import { command } from './command.ts'
import { handExits, handOptions, misuse, onlyOne, speak } from './hand.ts'

export const pause = command({
  name: 'pause',
  summary: 'Stops the scaling of a workload; what dies is still replaced, and min still holds.',
  operands: 'WORKLOAD',
  options: handOptions,
  exits: handExits,
  async run({ values, positionals }, context) {
    const workload = onlyOne(positionals)
    if (workload === undefined) return misuse('pause', 'name one workload', context)
    return await speak('pause', { kind: 'pause', workload }, values, context)
  },
})
