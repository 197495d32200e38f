import type { Wish } from '../overrides/wish.ts'
import { command } from './command.ts'
import { handExits, handOptions, misuse, speak } from './hand.ts'
import { widely, wideOptions } from './widely.ts'

export const pause = command({
  name: 'pause',
  summary:
    'Stops the scaling of a workload, or of all: what dies is still replaced, and min still holds. With --pool nothing in a pool is changed, nor healed.',
  operands: '[WORKLOAD]',
  options: { ...wideOptions, ...handOptions },
  exits: handExits,
  async run({ values, positionals }, context) {
    const named = widely<Wish>(positionals, values, {
      workload: (workload) => ({ kind: 'pause', workload }),
      all: { kind: 'pause-all' },
      pool: (pool) => ({ kind: 'hold-pool', pool }),
    })
    if (named === undefined)
      return misuse('pause', 'name one workload, or say --all, or --pool POOL', context)
    return await speak('pause', named, values, context)
  },
})
