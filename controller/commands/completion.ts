import { type Shell, scripts, shells } from '../completion/scripts.ts'
import { hint } from '../policy/nearest.ts'
import { command, exits } from './command.ts'
import { misuse, onlyOne } from './hand.ts'

const isShell = (name: string): name is Shell => shells.some((one) => one === name)

export const completion = command({
  name: 'completion',
  summary:
    'Prints what makes a shell complete commands, options and names: source <(capuchin completion bash).',
  operands: shells.join('|'),
  options: {},
  exits: { [exits.ok]: 'printed', [exits.usage]: 'wrong usage, or a shell that is not known' },
  run({ positionals, values }, context) {
    const name = onlyOne(positionals)
    if (name === undefined) return misuse('completion', `name a shell: ${shells.join(', ')}`, context)
    if (!isShell(name))
      return misuse('completion', `there is ${shells.join(', ')}${hint(name, shells)}`, context)
    const script = scripts[name]
    context.out(values.json === true ? JSON.stringify({ shell: name, script }, null, 2) : script.trimEnd())
    return exits.ok
  },
})
