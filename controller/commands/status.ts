import { savedStatus } from '../once.ts'
import type { Settings } from '../settings.ts'
import type { Status } from '../web/status.ts'
import { statusLines, type Verdict, verdict } from '../web/words.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { configuration, printProblems } from './configuration.ts'
import { askStatus } from './remote.ts'

const UNKNOWN = 3

export const status = command({
  name: 'status',
  summary: 'Shows workloads, slots and the last decisions of the running controller.',
  options: {
    ...configOption,
    check: { type: 'boolean', text: 'one line and an exit code for Nagios, Icinga and the like' },
  },
  exits: {
    [exits.ok]: 'shown; with --check: OK',
    1: 'no controller answers; with --check: WARNING',
    2: 'wrong usage; with --check: CRITICAL',
    [UNKNOWN]: 'with --check: UNKNOWN',
  },
  async run({ values }, context) {
    const outcome = configuration(values.config, context)
    if (outcome.kind === 'refused') {
      if (values.check === true)
        return tell(unknown(`the settings have ${outcome.problems.length} problems`), context)
      printProblems(outcome.problems, values.json, context)
      return exits.failed
    }
    const remote = await askStatus(outcome.settings)
    if (values.check === true) {
      return tell(
        remote.kind === 'answer' ? verdict(remote.value, context.now()) : unknown(remote.detail),
        context,
      )
    }
    if (remote.kind === 'answer') return print(remote.value, values.json === true, context)
    return await printSaved(outcome.settings, remote.detail, values.json === true, context)
  },
})

const unknown = (detail: string): Verdict => ({ code: UNKNOWN, line: `CAPUCHIN UNKNOWN - ${detail}` })

function tell({ code, line }: Verdict, context: Context): number {
  context.out(line)
  return code
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
  const saved = await savedStatus(settings, context)
  if (json) context.out(JSON.stringify({ ok: false, detail, saved }, null, 2))
  else context.err([`capuchin status: ${detail}`, ...saved].join('\n'))
  return exits.failed
}
