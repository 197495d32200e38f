import { outsideOf } from '../outside.ts'
import { takeDown } from '../take-down.ts'
import { command, configOption, exits } from './command.ts'
import { printProblems, settingsOnly } from './configuration.ts'

export const down = command({
  name: 'down',
  summary:
    'Stops and deletes every host of this controller, with what runs on it. The controller has to be stopped first.',
  options: configOption,
  exits: {
    [exits.ok]: 'no host is left',
    [exits.failed]: 'something is left, or the controller still runs',
    [exits.usage]: 'wrong usage',
  },
  async run({ values }, context) {
    const outcome = settingsOnly(values.config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, values.json, context, 'nothing was stopped')
      return exits.failed
    }
    const said = values.json === true ? () => {} : context.out
    const result = await takeDown(outcome.settings, outsideOf(context), said)
    if (values.json === true) context.out(JSON.stringify(result, null, 2))
    else if (!result.ok) context.err(`capuchin down: ${result.detail}`)
    return result.ok ? exits.ok : exits.failed
  },
})
