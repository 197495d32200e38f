import { outsideOf } from '../outside.ts'
import { type Problem, sayProblem } from '../policy/problem.ts'
import { savedStatus } from '../saved.ts'
import type { Settings } from '../settings.ts'
import type { Status } from '../web/status.ts'
import { type Verdict, verdict } from '../web/verdict.ts'
import { statusLines } from '../web/words.ts'
import { askStatus, type Remote } from './asking.ts'
import { type Context, command, exits } from './command.ts'
import { printProblems, printRefusal } from './configuration.ts'
import { misuse } from './hand.ts'
import { controllerOptions, whichController } from './remote.ts'

export const status = command({
  name: 'status',
  summary: 'Shows workloads, slots and the last decisions of the running controller.',
  options: {
    ...controllerOptions,
    check: { type: 'boolean', text: 'one line and an exit code for Nagios, Icinga and the like' },
  },
  exits: {
    [exits.ok]: 'shown; with --check: OK',
    1: 'no controller answers; with --check: WARNING',
    2: 'wrong usage; with --check: CRITICAL',
    3: 'with --check: UNKNOWN',
  },
  async run({ values }, context) {
    const json = values.json === true
    const which = await whichController(values, context)
    if (which.kind === 'wrong')
      return values.check === true
        ? tell(unknown(which.message), json, context)
        : misuse('status', which.message, context)
    if (which.kind === 'refused') {
      if (values.check === true) return tell(unknown(inShort(which.problems)), json, context)
      printProblems(which.problems, values.json, context, 'it is not known whom to ask')
      return exits.failed
    }
    const remote = await askStatus(which.controller)
    if (values.check === true) return tell(judge(remote, context), json, context)
    if (remote.kind === 'answer') return print(remote.value, json, context)
    if (which.kind === 'local') return await printSaved(which.settings, remote.detail, json, context)
    printRefusal('status', remote.detail, json, context)
    return exits.failed
  },
})

function inShort([first, ...more]: readonly Problem[]): string {
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  return first === undefined ? 'the settings cannot be read' : `${sayProblem(first)}${rest}`
}

const unknown = (detail: string): Verdict => ({
  code: 3,
  word: 'UNKNOWN',
  line: `CAPUCHIN UNKNOWN - ${detail}`,
})

const judge = (remote: Remote<Status>, context: Context): Verdict =>
  remote.kind === 'answer' ? verdict(remote.value, context.now()) : unknown(remote.detail)

function tell(said: Verdict, json: boolean, context: Context): number {
  context.out(json ? JSON.stringify(said, null, 2) : said.line)
  return said.code
}

function print(shown: Status, json: boolean, context: Context): number {
  context.out(json ? JSON.stringify(shown, null, 2) : statusLines(shown, context.now()).join('\n'))
  return exits.ok
}

/** Without a controller there is still what it wrote down last. */
async function printSaved(
  settings: Settings,
  detail: string,
  json: boolean,
  context: Context,
): Promise<number> {
  const saved = await savedStatus(settings, outsideOf(context))
  if (json) context.out(JSON.stringify({ ok: false, detail, saved }, null, 2))
  else context.err([`capuchin status: ${detail}`, ...saved].join('\n'))
  return exits.failed
}
