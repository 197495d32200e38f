import { command } from './command.ts'
import { handExits, handOptions, misuse, onlyOne, speak } from './hand.ts'

export const freeze = command({
  name: 'freeze',
  summary: 'Keeps an instance, or a host with all that runs on it, from being removed.',
  operands: 'INSTANCE|HOST',
  options: handOptions,
  exits: handExits,
  async run({ values, positionals }, context) {
    const subject = onlyOne(positionals)
    if (subject === undefined) return misuse('freeze', 'name one instance or host', context)
    return await speak('freeze', { kind: 'freeze', subject }, values, context)
  },
})
