import { type Html, html, textOf } from './html.ts'

/** A piece of a page that is replaced as a whole: its outermost element has the id. */
export interface Part {
  id: string
  html: Html
}

/**
 * An element of a list. What changes often stands in parts of their own, and what comes and goes in lists; `frame` is what is left when
 * those are taken out.
 */
export interface Item extends Part {
  frame: string
  parts: readonly Part[]
  lists: readonly List[]
}

/** Items in order, the children of one element. */
export interface List {
  id: string
  items: readonly Item[]
}

/** Puts parts and lists in their places. */
export interface Place {
  part(id: string, content: Html): Html
  /** The items between the tags of a list, which has the id of the list. */
  list(list: List): Html
}

/** An item with what `build` places in it. */
export function itemOf(id: string, build: (place: Place) => Html): Item {
  const parts: Part[] = []
  const lists: List[] = []
  const whole = build({
    part(part, content) {
      parts.push({ id: part, html: content })
      return content
    },
    list(list) {
      lists.push(list)
      return listHtml(list)
    },
  })
  const frame = build({ part: (part) => html`<i id="${part}"></i>`, list: ({ id: list }) => html`${list}` })
  return { id, html: whole, frame: textOf(frame), parts, lists }
}

/** An item that has no parts. */
export const plainItem = (id: string, content: Html): Item => ({
  id,
  html: content,
  frame: textOf(content),
  parts: [],
  lists: [],
})

export const listHtml = ({ items }: List): Html => html`${items.map((item) => item.html)}`
