import { type Command, command } from './command.ts'
import { handExits, handOptions, misuse, onlyOne, speak } from './hand.ts'
import { wholeNumber } from './number.ts'

const plain = command({
  name: 'scale',
  summary: 'Adds instances to what runs now, or takes some away; rules and schedule go on above, or below.',
  operands: 'WORKLOAD --by N',
  options: {
    ...handOptions,
    by: { type: 'string', value: 'N', text: 'how many, such as +2 or -1 (required)' },
  },
  exits: handExits,
  async run({ values, positionals }, context) {
    const workload = onlyOne(positionals)
    if (workload === undefined) return misuse('scale', 'name one workload', context)
    const by = wholeNumber(values.by)
    if (by === undefined || by === 0)
      return misuse('scale', '--by has to be a number such as +2 or -1', context)
    return await speak('scale', { kind: 'scale', workload, by }, values, context)
  },
})

/** A number that begins with a dash looks like an option to the parser unless it is joined to its own. */
export const scale: Command = {
  ...plain,
  run: (argv, context) => {
    const joined: string[] = []
    for (const part of argv) {
      if (joined.at(-1) === '--by' && /^-\d/.test(part)) joined[joined.length - 1] = `--by=${part}`
      else joined.push(part)
    }
    return plain.run(joined, context)
  },
}
