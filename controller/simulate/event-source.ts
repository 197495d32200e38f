import { z } from 'zod'
import { happening } from './happening.ts'

/** What happens to where metrics come from. */
export const sourceEvents = {
  sourceBlind: happening(
    z.string().min(1),
    (name) => ({
      begin({ world, blind }) {
        const known = [
          ...new Set(
            world.policies.flatMap(({ rules }) => rules.flatMap(({ query }) => query?.source ?? [])),
          ),
        ]
        if (!known.includes(name)) return `no rule asks a source ${name}; there is ${known.join(', ')}`
        blind.add(name)
        return undefined
      },
      end({ blind }) {
        blind.delete(name)
      },
    }),
    'a source of the settings cannot be reached, whatever the series say',
  ),
}
