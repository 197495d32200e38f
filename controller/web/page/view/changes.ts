import { textOf } from './html.ts'
import type { Item, List } from './part.ts'

/** A page as it stands, and since which version each piece of it has been as it is. */
export interface Snapshot {
  version: number
  lists: readonly List[]
  since: ReadonlyMap<string, Piece>
}

interface Piece {
  text: string
  since: number
}

/** What a viewer has to do to a page: put these pieces where their ids are, then have lists hold these items in this order. */
export interface Changes {
  version: number
  parts: readonly (readonly [id: string, html: string])[]
  lists: readonly (readonly [id: string, items: readonly string[]])[]
}

/** The next version of a page; the former one itself when nothing in it has changed. */
export function advance(former: Snapshot | undefined, lists: readonly List[]): Snapshot {
  const version = (former?.version ?? 0) + 1
  const since = new Map<string, Piece>()
  let isChanged = former === undefined
  const note = (key: string, text: string): void => {
    const before = former?.since.get(key)
    const isSame = before !== undefined && before.text === text
    if (!isSame) isChanged = true
    since.set(key, isSame ? before : { text, since: version })
  }
  for (const list of lists) noteList(list, note)
  return isChanged || former === undefined ? { version, lists, since } : former
}

type Note = (key: string, text: string) => void

function noteList(list: List, note: Note): void {
  note(`list ${list.id}`, list.items.map(({ id }) => id).join(' '))
  for (const { id, frame, parts, lists } of list.items) {
    note(`frame ${id}`, frame)
    for (const part of parts) note(`part ${part.id}`, textOf(part.html))
    for (const inner of lists) noteList(inner, note)
  }
}

/** What has changed since a version; everything for one that is not known (0). */
export function changesSince({ version, lists, since }: Snapshot, known: number): Changes {
  const parts: [string, string][] = []
  const orders: [string, string[]][] = []
  const isNew = (key: string): boolean => (since.get(key)?.since ?? 0) > known
  const visit = (list: List): void => {
    if (isNew(`list ${list.id}`)) orders.push([list.id, list.items.map(({ id }) => id)])
    for (const item of list.items) visitItem(item)
  }
  const visitItem = ({ id, html, parts: inner, lists: nested }: Item): void => {
    if (isNew(`frame ${id}`)) {
      parts.push([id, textOf(html)])
      return
    }
    for (const part of inner) if (isNew(`part ${part.id}`)) parts.push([part.id, textOf(part.html)])
    for (const one of nested) visit(one)
  }
  for (const list of lists) visit(list)
  return { version, parts, lists: orders }
}
