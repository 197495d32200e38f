import { inForce, type Override } from '../decision/overrides.ts'
import { outsideOf } from '../outside.ts'
import { savedState } from '../saved.ts'
import { overrideLine } from '../web/override-words.ts'
import { askOverrides } from './ask-hand.ts'
import { type Context, command, exits } from './command.ts'
import { printProblems, printRefusal } from './configuration.ts'
import { endOptions, misuse, unsay } from './hand.ts'
import { type Controller, type Which, whichController } from './remote.ts'

export const overrides = command({
  name: 'overrides',
  summary:
    'Lists what operators have laid over the judgement: who, why and until when. Takes one back with --end.',
  options: { end: { type: 'string', value: 'ID', text: 'takes this one back' }, ...endOptions },
  exits: {
    [exits.ok]: 'listed, or taken back',
    [exits.failed]: 'it could not be found out, or was refused',
    [exits.usage]: 'wrong usage',
  },
  async run({ values }, context) {
    if (values.end === '') return misuse('overrides', '--end needs the id of an override', context)
    if (values.end !== undefined)
      return await unsay('overrides', { kind: 'id', id: values.end }, values, context)
    const which = await whichController(values, context)
    if (which.kind === 'wrong') return misuse('overrides', which.message, context)
    if (which.kind === 'refused') {
      printProblems(which.problems, values.json, context, 'it is not known whom to ask')
      return exits.failed
    }
    return await list(which, values.json, context)
  },
})

async function list(
  which: Extract<Which, { controller: Controller }>,
  json: boolean | undefined,
  context: Context,
): Promise<number> {
  const answered = await askOverrides(which.controller)
  if (answered.kind === 'done') return print(answered.value.overrides, undefined, json, context)
  if (answered.kind === 'absent' && which.kind === 'local') {
    const saved = await savedState(which.settings, outsideOf(context))
    const state = saved.kind === 'state' ? saved.state.overrides : {}
    if (saved.kind !== 'refused') return print(inForce(state, context.now()), answered.detail, json, context)
  }
  printRefusal('overrides', answered.detail, json, context)
  return exits.failed
}

/** `absent`: why they are those of the saved state. */
function print(
  all: readonly Override[],
  absent: string | undefined,
  json: boolean | undefined,
  context: Context,
): number {
  if (json === true) {
    context.out(JSON.stringify({ ok: true, running: absent === undefined, overrides: all }, null, 2))
    return exits.ok
  }
  if (absent !== undefined) context.err(`${absent}; these bind from the next start:`)
  if (all.length === 0) context.out('There are none.')
  for (const one of all) context.out(overrideLine(one, context.now()))
  return exits.ok
}
