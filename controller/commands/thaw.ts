import { command } from './command.ts'
import { endOptions, handExits, misuse, onlyOne, unsay } from './hand.ts'

export const thaw = command({
  name: 'thaw',
  summary: 'Takes back what freeze has laid over an instance or a host.',
  operands: 'INSTANCE|HOST',
  options: endOptions,
  exits: handExits,
  async run({ values, positionals }, context) {
    const subject = onlyOne(positionals)
    if (subject === undefined) return misuse('thaw', 'name one instance or host', context)
    return await unsay('thaw', { kind: 'frozen', subject }, values, context)
  },
})
