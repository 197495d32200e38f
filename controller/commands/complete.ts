import { FILES } from '../completion/scripts.ts'
import type { Candidate, Wanted } from '../completion/wanted.ts'
import { plain } from '../terminal/plain.ts'
import { type Context, command, configOption, exits, type Registry } from './command.ts'

export const complete = command({
  name: 'complete',
  summary: 'Answers what may follow what was typed after `capuchin`, for the completion of shells.',
  operands: '-- WORD...',
  hidden: true,
  options: { names: { type: 'boolean', text: 'candidates alone, without what they are, which is quicker' } },
  exits: { [exits.ok]: 'answered, be it nothing', [exits.usage]: 'wrong usage' },
  async run({ positionals, values }, context) {
    const found = await candidatesFor(positionals, values.names === true, context)
    if (values.json === true) context.out(JSON.stringify(found, null, 2))
    else for (const { text, about } of found) context.out(about === undefined ? text : `${text}\t${about}`)
    return exits.ok
  },
})

/** A shell that asks is never told of an error: it would be in the way of who types. */
async function candidatesFor(
  words: readonly string[],
  isBrief: boolean,
  context: Context,
): Promise<Candidate[]> {
  try {
    const { commands = {} } = context
    const { wantedAt } = await import('../completion/wanted.ts')
    const [name = ''] = words
    const load = words.length > 1 && Object.hasOwn(commands, name) ? commands[name] : undefined
    const wanted = wantedAt(words, await load?.())
    const current = words.at(-1) === '=' ? '' : (words.at(-1) ?? '')
    if (wanted.kind === 'commands') return await overview(current, isBrief, commands)
    return matching(await answerOf(wanted, words, context), current)
  } catch {
    return []
  }
}

async function answerOf(
  wanted: Exclude<Wanted, { kind: 'commands' }>,
  words: readonly string[],
  context: Context,
): Promise<Candidate[]> {
  switch (wanted.kind) {
    case 'files':
      return [{ text: FILES }]
    case 'fixed':
      return begunWith(wanted.candidates, wanted.before)
    case 'names': {
      const { namesOf } = await import('../completion/names.ts')
      const { of, before, besides = [] } = wanted
      const names = await namesOf(of, whichIn(words), context)
      return [...begunWith(names, before), ...(words.at(-1) === '' && names.length > 0 ? [] : besides)]
    }
    case 'nothing':
      return []
  }
}

const begunWith = (candidates: readonly Candidate[], before = ''): Candidate[] =>
  candidates.map((one) => ({ ...one, text: `${before}${one.text}` }))

/** What others have named may hold anything; a line is a candidate. */
const matching = (found: readonly Candidate[], current: string): Candidate[] =>
  found
    .filter(({ text }) => text === FILES || text.startsWith(current))
    .map(({ text, about }) => ({ text: plain(text), ...(about !== undefined && { about: plain(about) }) }))

/** Only what is meant is loaded: to load all takes longer than somebody who has pressed a key likes to wait. */
async function overview(current: string, isBrief: boolean, commands: Registry): Promise<Candidate[]> {
  const names = Object.keys(commands).filter((name) => name.startsWith(current) && name !== complete.name)
  if (isBrief) return names.map((text) => ({ text }))
  const all = await Promise.all(names.flatMap((name) => commands[name]?.() ?? []))
  return all.map(({ name, summary }) => ({ text: name, about: summary }))
}

/** The controller that the line names, as other commands read it. */
function whichIn(words: readonly string[]) {
  const url = valueIn(words, ['--url'])
  const token = valueIn(words, ['--token-file'])
  const ca = valueIn(words, ['--ca'])
  return {
    config: valueIn(words, ['--config', '-c']) ?? configOption.config.default,
    ...(url !== undefined && { url }),
    ...(token !== undefined && { 'token-file': token }),
    ...(ca !== undefined && { ca }),
  }
}

function valueIn(words: readonly string[], names: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    if (names.includes(word)) return words[i + 1] === '=' ? words[i + 2] : words[i + 1]
    const joined = names.find((name) => word.startsWith(`${name}=`))
    if (joined !== undefined) return word.slice(joined.length + 1)
  }
  return undefined
}
