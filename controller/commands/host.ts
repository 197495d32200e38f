import { EVER } from '../overrides/wish.ts'
import { command } from './command.ts'
import { handExits, handOptions, misuse, speak } from './hand.ts'
import { wholeNumber } from './number.ts'

const { for: forOption, ...rest } = handOptions
const { default: _usual, ...time } = forOption

export const host = command({
  name: 'host',
  summary: 'Adds hosts to a pool, or empties a host and lets it go.',
  operands: 'add POOL | host drain HOST',
  options: {
    ...rest,
    count: { type: 'string', value: 'N', default: '1', text: 'hosts to add to those that are there' },
    for: { ...time, text: 'how long (add: 1h; drain: until the host is gone)' },
  },
  exits: handExits,
  async run({ values, positionals }, context) {
    const [verb, subject, ...more] = positionals
    if (subject === undefined || more.length > 0)
      return misuse('host', 'say "host add POOL" or "host drain HOST"', context)
    if (verb === 'drain') {
      const act = { kind: 'drain-host', host: subject } as const
      return await speak('host', act, { ...values, for: values.for ?? EVER }, context)
    }
    if (verb !== 'add') return misuse('host', `there is "add" and "drain", and no "${verb}"`, context)
    const count = wholeNumber(values.count)
    if (count === undefined || count < 1)
      return misuse('host', '--count has to be a number of hosts', context)
    const act = { kind: 'add-hosts', pool: subject, count } as const
    return await speak('host', act, { ...values, for: values.for ?? '1h' }, context)
  },
})
