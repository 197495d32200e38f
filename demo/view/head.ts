import { shareOf } from '../progress.ts'
import type { Glyphs } from './glyphs.ts'
import { type Line, type Span, span } from './line.ts'
import { clock, type Scene } from './scene.ts'

/** What goes on, where to look oneself, and the time. */
export function titleLine({ elapsed, url, stages, moment }: Scene, width: number): Line {
  const name = 'Capuchin demo'
  const doing = `: ${stages[moment.stage]?.name ?? ''}`
  const time = clock(elapsed)
  const about = url === undefined ? '' : `  ${url}/api/v1/status`
  const room = width - name.length - doing.length - time.length
  const shown = about.length < room ? about : ''
  const gap = ' '.repeat(Math.max(2, room - shown.length))
  return [span(name, 'title'), span(doing, 'bold'), span(shown, 'dim'), span(gap), span(time, 'bold')]
}

/** The bar, and below it the names of the stages, each where its part begins, as far as they fit. */
export function progressLines({ stages, moment }: Scene, width: number, glyphs: Glyphs): Line[] {
  const done = Math.round(shareOf(stages, moment) * width)
  const bar = [span(glyphs.done.repeat(done), 'good'), span(glyphs.todo.repeat(width - done), 'dim')]
  const names: Span[] = []
  let column = 0
  for (const [index, { name }] of stages.entries()) {
    const end = Math.round(shareOf(stages, { stage: index + 1, into: 0 }) * width)
    const room = end - column
    const tone = index === moment.stage ? 'bold' : 'dim'
    names.push(span(named(name, room), tone))
    column = end
  }
  return [bar, names]
}

/** A name that does not fit gives its first word, or nothing, rather than a torn one. */
function named(name: string, room: number): string {
  const short = [name, name.split(' ')[0] ?? ''].find((text) => text.length < room) ?? ''
  return short.padEnd(room)
}
