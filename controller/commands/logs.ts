import { readLogs } from '../logs.ts'
import { outsideOf } from '../outside.ts'
import { command, configOption, exits } from './command.ts'
import { printProblems, printRefusal, settingsOnly } from './configuration.ts'
import { misuse, onlyOne } from './hand.ts'
import { wholeNumber } from './number.ts'

const MOST = 100_000

export const logs = command({
  name: 'logs',
  summary:
    'Prints the last lines that an instance has written (or a system process of a host, by HOST/NAME), or the console of its VM. Needs no running controller.',
  operands: 'INSTANCE|HOST/NAME',
  options: {
    ...configOption,
    lines: { type: 'string', short: 'n', value: 'N', default: '100', text: 'how many lines at most' },
    host: { type: 'string', value: 'HOST', text: 'where it ran, for one that is gone' },
  },
  exits: {
    [exits.ok]: 'printed',
    [exits.failed]: 'there is no such instance, or its output cannot be had',
    [exits.usage]: 'wrong usage',
  },
  async run({ values, positionals }, context) {
    const instance = onlyOne(positionals)
    if (instance === undefined)
      return misuse('logs', 'name one instance, or a system process as HOST/NAME', context)
    const lines = wholeNumber(values.lines)
    if (lines === undefined || lines < 1 || lines > MOST)
      return misuse('logs', `--lines has to be a number of lines, 1 to ${MOST}`, context)
    const outcome = settingsOnly(values.config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, values.json, context, 'it is not known where to look')
      return exits.failed
    }
    const { host } = values
    const wanted = { instance, lines, ...(host !== undefined && { host }) }
    const read = await readLogs(outcome.settings, outsideOf(context), wanted)
    if (read.kind === 'refused') {
      printRefusal('logs', read.detail, values.json, context)
      return exits.failed
    }
    const { kind: _read, ...told } = read
    if (values.json === true) context.out(JSON.stringify({ ok: true, ...told }, null, 2))
    else for (const line of read.lines) context.out(line)
    return exits.ok
  },
})
