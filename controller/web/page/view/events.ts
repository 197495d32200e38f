import type { HistoryEntry } from '../../../history/history.ts'
import { html } from './html.ts'
import { idOf } from './names.ts'
import { type List, plainItem } from './part.ts'
import { whenBy } from './when.ts'

/** Something that was decided or done, as a sentence. */
export interface Event {
  at: number
  /** `decision`, or the kind of a step such as order-host. */
  kind: string
  isBad: boolean
  sentence: string
  workload?: string
}

/** A decision that changed nothing is no event, and neither is a bill. */
export function eventOf(entry: HistoryEntry): Event | undefined {
  if (entry.kind === 'bill') return undefined
  if (entry.kind === 'outcome') {
    const { at, step, result, sentence, workload } = entry
    const isBad = result === 'refused' || result === 'unknown'
    return { at, kind: step, isBad, sentence, ...(workload !== undefined && { workload }) }
  }
  const { decision, workload, first } = entry
  if (decision.granted === decision.size) return undefined
  return { at: first, kind: 'decision', isBad: false, sentence: decision.sentence, workload }
}

/** The newest first. */
export function eventList(events: readonly Event[], now: number, most: number): List {
  const seen = new Map<number, number>()
  const items = events.map((event) => {
    const nth = (seen.get(event.at) ?? 0) + 1
    seen.set(event.at, nth)
    return eventItem(event, idOf('e', `${event.at}-${nth}`), now)
  })
  return { id: 'events', items: items.slice(-most).reverse() }
}

function eventItem({ at, kind, isBad, sentence }: Event, id: string, now: number) {
  const mark = isBad && html`<b class="mark">!</b> `
  return plainItem(
    id,
    html`<li id="${id}"${isBad && html` class="bad"`}>${whenBy(at, now)} <span class="kind">${kind}</span> <span>${mark}${sentence}</span></li>`,
  )
}
