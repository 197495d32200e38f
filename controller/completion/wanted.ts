import type { Command, Option } from '../commands/command.ts'

/** Names that only a controller, its state or its files know. */
export type NameKind = 'workload' | 'pool' | 'host' | 'instance' | 'override' | 'zone'

/** Something that may be typed, and what it is. */
export interface Candidate {
  text: string
  about?: string
}

/** What may stand where somebody types. `before` is what has been typed of the same word already and is no part of the candidates. */
export type Wanted =
  | { kind: 'commands' }
  | { kind: 'fixed'; candidates: readonly Candidate[]; before?: string }
  | { kind: 'names'; of: readonly NameKind[]; before?: string; besides?: readonly Candidate[] }
  | { kind: 'files'; before?: string }
  | { kind: 'nothing' }

/** What may follow in the last of the words that were typed after `capuchin`; `command`: that of the first word. Pure. */
export function wantedAt(words: readonly string[], command: Command | undefined): Wanted {
  if (words.length < 2) return { kind: 'commands' }
  if (command === undefined) return { kind: 'nothing' }
  const [, ...rest] = words
  const typed = joined(rest)
  const current = typed.at(-1) ?? ''
  const former = typed.slice(0, -1)
  const ended = former.indexOf('--')
  const given = takeApart(ended < 0 ? former : former.slice(0, ended), command)
  const positionals = ended < 0 ? given.positionals : [...given.positionals, ...former.slice(ended + 1)]
  if (ended < 0) {
    const inline = /^--([\w-]+)=/.exec(current)
    if (inline?.[1] !== undefined) return followingOf(command.options[inline[1]], inline[0])
    if (given.open !== undefined) return followingOf(given.open)
    if (current.startsWith('-')) return { kind: 'fixed', candidates: optionsOf(command, given.used) }
  }
  return operandsOf(command, positionals, given.used)
}

/** Shells that take `=` for the end of a word send it as one of its own. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = []
  for (const [i, word] of words.entries()) {
    const isSign = word === '=' && whole.at(-1)?.startsWith('--') === true && !whole.at(-1)?.includes('=')
    if (!isSign) whole.push(word)
    else if (i === words.length - 1) whole.push('')
  }
  return whole
}

interface Given {
  positionals: string[]
  /** Options that were given already. */
  used: Set<string>
  /** The option whose value comes next. */
  open?: Option
}

function takeApart(words: readonly string[], { options }: Command): Given {
  const given: Given = { positionals: [], used: new Set() }
  for (const word of words) {
    if (given.open !== undefined) {
      delete given.open
      continue
    }
    const key = keyOf(word, options)
    if (key === undefined) given.positionals.push(word)
    else {
      given.used.add(key)
      const option = options[key]
      if (option?.type === 'string' && !word.includes('=')) given.open = option
    }
  }
  return given
}

function keyOf(word: string, options: Command['options']): string | undefined {
  if (word.startsWith('--')) return word.slice(2).split('=')[0]
  if (!/^-[A-Za-z]$/.test(word)) return undefined
  return Object.keys(options).find((key) => options[key]?.short === word.slice(1))
}

const optionsOf = ({ options }: Command, used: ReadonlySet<string>): Candidate[] =>
  Object.entries(options)
    .filter(([key]) => !used.has(key))
    .map(([key, { text }]) => ({ text: `--${key}`, about: text }))

const names: Readonly<Record<string, NameKind>> = {
  WORKLOAD: 'workload',
  POOL: 'pool',
  HOST: 'host',
  INSTANCE: 'instance',
  ID: 'override',
  ZONE: 'zone',
}

const fixed = (texts: readonly string[], before = ''): Wanted => ({
  kind: 'fixed',
  candidates: texts.map((text) => ({ text })),
  ...(before !== '' && { before }),
})

const moments = ['now', '-5m', '-15m', '-1h', '-2h', '-1d']
const durations = ['15m', '30m', '1h', '2h', '4h', '8h', '1d', 'ever']

function followingOf(option: Option | undefined, before = ''): Wanted {
  if (option === undefined) return { kind: 'nothing' }
  const { choices, value = '', text } = option
  const begun = before === '' ? {} : { before }
  if (choices !== undefined) return fixed(choices, before)
  if (value === 'FILE' || value === 'PATH' || value === 'DIR') return { kind: 'files', ...begun }
  // How long something is to last is told by the same word as a time of day.
  if (value === 'TIME') return fixed(text.startsWith('how long') ? durations : moments, before)
  if (value === 'DURATION') return fixed(['15m', '1h', '6h', '1d'], before)
  const kind = names[value]
  return kind === undefined ? { kind: 'nothing' } : { kind: 'names', of: [kind], ...begun }
}

/** The usage line tells what may stand there: `WORKLOAD`, `INSTANCE|HOST`, `[bash|zsh|fish]`. */
function operandsOf(command: Command, positionals: readonly string[], used: ReadonlySet<string>): Wanted {
  const { operands = '', name } = command
  const besides = optionsOf(command, used)
  if (name === 'host') return ofHost(positionals)
  if (/PATH|FILE/.test(operands)) return { kind: 'files' }
  if (positionals.length > 0 || operands === '') return { kind: 'fixed', candidates: besides }
  const of = [...new Set(operands.match(/[A-Z]{2,}/g) ?? [])].flatMap((word) => names[word] ?? [])
  const isChosen = used.has('all') || used.has('pool')
  if (of.length > 0)
    return isChosen ? { kind: 'fixed', candidates: besides } : { kind: 'names', of: of.slice(0, 2), besides }
  return fixed(operands.replaceAll(/[[\]]/g, '').split('|'))
}

/** `host add POOL` and `host drain HOST`. */
function ofHost([verb, ...more]: readonly string[]): Wanted {
  if (verb === undefined) return fixed(['add', 'drain'])
  if (more.length > 0) return { kind: 'nothing' }
  return { kind: 'names', of: [verb === 'drain' ? 'host' : 'pool'] }
}
