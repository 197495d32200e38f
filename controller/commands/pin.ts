import { command } from './command.ts'
import { handExits, handOptions, misuse, onlyOne, speak } from './hand.ts'
import { wholeNumber } from './number.ts'

export const pin = command({
  name: 'pin',
  summary: 'Gives a workload a size within its min and max, instead of what rules and schedule say.',
  operands: 'WORKLOAD',
  options: { size: { type: 'string', value: 'N', text: 'instances (required)' }, ...handOptions },
  exits: handExits,
  async run({ values, positionals }, context) {
    const workload = onlyOne(positionals)
    if (workload === undefined) return misuse('pin', 'name one workload', context)
    const size = wholeNumber(values.size)
    if (size === undefined) return misuse('pin', '--size has to be a number of instances', context)
    return await speak('pin', { kind: 'pin', workload, size }, values, context)
  },
})
