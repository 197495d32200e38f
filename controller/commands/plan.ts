import { lookOnce } from '../once.ts'
import type { Settings } from '../settings.ts'
import { type Plan, planLines } from '../web/plan.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { configuration, printProblems } from './configuration.ts'
import { askPlan } from './remote.ts'

export const plan = command({
  name: 'plan',
  summary: 'Tells what a tick would do now, and why, without doing it.',
  options: configOption,
  exits: {
    [exits.ok]: 'told, whether there is something to do or not',
    [exits.failed]: 'it could not be found out',
    [exits.usage]: 'wrong usage',
  },
  async run({ values }, context) {
    const outcome = configuration(values.config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, values.json, context)
      return exits.failed
    }
    const remote = await askPlan(outcome.settings)
    if (remote.kind === 'answer') return print(remote.value, values.json === true, context)
    const looked = await lookOnce(outcome.settings, outcome.policies, context)
    if (looked.kind === 'refused') {
      context.err(`capuchin plan: ${looked.detail}`)
      return exits.failed
    }
    if (values.json !== true) context.err(noticeOf(outcome.settings, remote.detail))
    return print(looked.plan, values.json === true, context)
  },
})

/** A source that scrapes by itself has nothing to show to a command that has just started. */
function noticeOf({ sources }: Settings, detail: string): string {
  const blind = [...sources].filter(([, { type }]) => type === 'scrape').map(([name]) => name)
  if (blind.length === 0) return `${detail}; this is what one would do that is started now:`
  return `${detail}; this is what one would do that is started now, with nothing gathered yet by ${blind.join(', ')}:`
}

function print(found: Plan, json: boolean, context: Context): number {
  context.out(json ? JSON.stringify(found, null, 2) : planLines(found).join('\n'))
  return exits.ok
}
