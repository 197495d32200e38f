import { hint } from '../policy/nearest.ts'
import { fileKinds, schemaText } from '../schema/schemas.ts'
import { command, exits } from './command.ts'

const names = fileKinds.map(({ name }) => name)

export const schema = command({
  name: 'schema',
  summary: 'Prints the JSON Schema of a kind of file, for editors that know YAML.',
  operands: `[${names.join('|')}]`,
  options: {},
  exits: {
    [exits.ok]: 'printed',
    [exits.failed]: 'it could not be made',
    [exits.usage]: 'wrong usage, or there is no such kind of file',
  },
  run({ positionals }, context) {
    const [name = 'policy', ...more] = positionals
    const kind = fileKinds.find((one) => one.name === name)
    if (kind === undefined || more.length > 0) {
      context.err(`capuchin schema: there is ${names.join(', ')}${hint(name, names)}`)
      return exits.usage
    }
    context.out(schemaText(kind).trimEnd())
    return exits.ok
  },
})
