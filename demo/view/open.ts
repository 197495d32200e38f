import type { Outside } from '../outside.ts'
import { glyphsFor } from './glyphs.ts'
import { createPlain } from './plain.ts'
import { createScreen, type View } from './screen.ts'

/** A picture on a terminal that can show one, lines elsewhere. */
export function openView(outside: Pick<Outside, 'out' | 'env' | 'terminal'>): View {
  const { out, env, terminal } = outside
  const { isTerminal, width, height } = terminal
  if (!isTerminal || env['TERM'] === 'dumb') return createPlain((line) => out(`${line}\n`))
  return createScreen({ write: out, width, height, colours: coloursFor(outside), glyphs: glyphsFor(env) })
}

/** By the convention of no-color.org: any value but an empty one turns colours off. */
export function coloursFor({ env, terminal }: Pick<Outside, 'env' | 'terminal'>): boolean {
  return terminal.isTerminal && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === ''
}
