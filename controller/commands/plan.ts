import { lookOnce } from '../once.ts'
import type { Settings } from '../settings.ts'
import { type Plan, planLines } from '../web/plan.ts'
import { askPlan } from './asking.ts'
import { type Context, command, exits } from './command.ts'
import { configuration, printProblems, printRefusal } from './configuration.ts'
import { misuse } from './hand.ts'
import { controllerOptions, type Which, whichController } from './remote.ts'

export const plan = command({
  name: 'plan',
  summary: 'Tells what a tick would do now, and why, without doing it.',
  options: controllerOptions,
  exits: {
    [exits.ok]: 'told, whether there is something to do or not',
    [exits.failed]: 'it could not be found out, or not for all pools',
    [exits.usage]: 'wrong usage',
  },
  async run({ values }, context) {
    const { config } = values
    const json = values.json === true
    const which = await whichController(values, context)
    if (which.kind === 'wrong') return misuse('plan', which.message, context)
    const asked = await askRunning(which)
    if (asked.kind === 'told') return print(asked.plan, asked.notice, json, context)
    if (which.kind === 'remote') {
      printRefusal('plan', asked.why, json, context)
      return exits.failed
    }
    const outcome = configuration(config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, json, context, 'nothing can be planned')
      return exits.failed
    }
    const looked = await lookOnce(outcome.settings, outcome.policies, context)
    if (looked.kind === 'plan')
      return print(looked.plan, noticeOf(outcome.settings, asked.why), json, context)
    printRefusal('plan', looked.detail, json, context)
    return exits.failed
  },
})

type Asked = { kind: 'told'; plan: Plan; notice: string } | { kind: 'silent'; why: string }

/** A controller that runs is asked with the settings alone: its policies are those that it has loaded. */
async function askRunning(which: Exclude<Which, { kind: 'wrong' }>): Promise<Asked> {
  if (which.kind === 'refused') return { kind: 'silent', why: 'the settings are refused' }
  const remote = await askPlan(which.controller)
  if (remote.kind === 'silent') return { kind: 'silent', why: remote.detail }
  const notice = `as the controller at ${which.controller.url} sees it, with the policies that it has loaded:`
  return { kind: 'told', plan: remote.value, notice }
}

/** A source that scrapes by itself has nothing to show to a command that has just started. */
function noticeOf({ sources }: Settings, detail: string): string {
  const blind = [...sources].filter(([, { type }]) => type === 'scrape').map(([name]) => name)
  if (blind.length === 0) return `${detail}; this is what one would do that is started now:`
  return `${detail}; this is what one would do that is started now, with nothing gathered yet by ${blind.join(', ')}:`
}

/** The notice goes beside the plan, to standard error, so that the plan can be piped on. */
function print(found: Plan, notice: string, json: boolean, context: Context): number {
  if (!json) context.err(notice)
  context.out(json ? JSON.stringify(found, null, 2) : planLines(found).join('\n'))
  if (found.blind === undefined) return exits.ok
  if (!json)
    for (const { pool, why } of found.blind) context.err(`capuchin plan: pool ${pool} cannot be seen: ${why}`)
  return exits.failed
}
