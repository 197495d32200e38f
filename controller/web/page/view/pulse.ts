import { duration } from '../../../decision/words.ts'
import { type Html, html } from './html.ts'
import { when } from './when.ts'

/** How the heart of the controller beats. All in ms, `at` and `now` epoch. */
export interface Pulse {
  at: number
  now: number
  tickEvery: number
  /** Why the loop is not well, by its own word. */
  illness?: string
}

/** A tick is late after this long, and its absence is an alarm after that. */
const lateAfter = (tickEvery: number): number => 2 * tickEvery + 5_000
const silentAfter = (tickEvery: number): number => 4 * tickEvery + 30_000

/**
 * The line that says when it last ticked. The browser goes on counting from `data-age`; where there is no script, a late tick is told
 * by the server, with its age in whole minutes, so that the page stays the same in between.
 */
export function pulseHtml({ at, now, tickEvery, illness }: Pulse): Html {
  const age = now - at
  const isSilent = illness !== undefined || age > silentAfter(tickEvery)
  const mood = isSilent ? 'silent' : age > lateAfter(tickEvery) ? 'late' : 'well'
  return html`<p id="pulse" class="is-${mood}" data-at="${at}" data-every="${tickEvery}">${
    mood === 'well'
      ? html`<b class="mark">●</b> last tick <span id="age">at ${when(at)}</span>`
      : html`<b class="mark">!!</b> <span id="age">NO TICK FOR ${agedWords(age)}</span>, since ${when(at)}${illness !== undefined && `: ${illness}`}`
  }</p>`
}

const MINUTE = 60_000

const agedWords = (age: number): string =>
  age < MINUTE ? 'MOST OF A MINUTE' : duration(Math.floor(age / MINUTE) * MINUTE).toUpperCase()
