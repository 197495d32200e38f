/** A key that is understood. */
export type Key =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'help'
  | 'refresh'
  | 'suspend'
  | 'quit'

const names: Readonly<Record<string, Key>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  k: 'up',
  '\x10': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  j: 'down',
  '\x0e': 'down',
  '\x1b[5~': 'page-up',
  '\x02': 'page-up',
  b: 'page-up',
  '\x1b[6~': 'page-down',
  '\x06': 'page-down',
  ' ': 'page-down',
  '\x1b[H': 'home',
  '\x1b[1~': 'home',
  '\x1bOH': 'home',
  g: 'home',
  '\x1b[F': 'end',
  '\x1b[4~': 'end',
  '\x1bOF': 'end',
  G: 'end',
  '\r': 'enter',
  '\n': 'enter',
  '\x1b[C': 'enter',
  l: 'enter',
  '\x1b': 'escape',
  '\x1b[D': 'escape',
  '\x7f': 'escape',
  '\b': 'escape',
  h: 'escape',
  '?': 'help',
  r: 'refresh',
  '\x0c': 'refresh',
  '\x1a': 'suspend',
  q: 'quit',
  Q: 'quit',
  '\x03': 'quit',
  '\x04': 'quit',
}

const ESC = '\x1b'
/** Escape sequences as terminals send them, or single characters. */
const TOKEN = new RegExp(`${ESC}(?:\\[[0-9;?]*[ -/]*[@-~]|O[ -~])?|.`, 'gsu')

/** The keys of what a terminal has sent at once; what nobody knows is left out. */
export function keysOf(sent: string): Key[] {
  return (sent.match(TOKEN) ?? []).flatMap((token) =>
    Object.hasOwn(names, token) ? (names[token] ?? []) : [],
  )
}
