import { tellTimes } from './times.js'

/**
 * Puts pieces where their ids are, then has lists hold these items in this order. What the viewer does in the meantime stays as it is:
 * the focus, what is folded open, what is selected elsewhere, and where the page stands.
 * @param {[id: string, html: string][]} parts
 * @param {[id: string, items: string[]][]} lists
 */
export function put(parts, lists) {
  const focus = focusNow()
  /** @type {Map<string, Element>} */
  const fresh = new Map()
  for (const [id, html] of parts) {
    const made = elementOf(html)
    const old = document.getElementById(id)
    if (made === null) continue
    tellTimes(made)
    if (old === null) fresh.set(id, made)
    else replace(old, made)
  }
  for (const [id, items] of lists) order(document.getElementById(id), items, fresh)
  focus()
  document.dispatchEvent(new Event('put'))
}

/**
 * @param {string} html
 * @returns {Element | null}
 */
function elementOf(html) {
  const template = document.createElement('template')
  template.innerHTML = html
  return template.content.firstElementChild
}

/**
 * @param {Element} old
 * @param {Element} made
 */
function replace(old, made) {
  for (const folded of old.querySelectorAll('details[open][id]'))
    made.querySelector(`#${CSS.escape(folded.id)}`)?.setAttribute('open', '')
  old.replaceWith(made)
}

/**
 * @param {Element | null} list
 * @param {string[]} items
 * @param {Map<string, Element>} fresh
 */
function order(list, items, fresh) {
  if (list === null) return
  const wanted = new Set(items)
  for (const child of [...list.children]) if (!wanted.has(child.id)) child.remove()
  let place = list.firstElementChild
  for (const id of items) {
    if (place?.id === id) {
      place = place.nextElementSibling
      continue
    }
    const item = fresh.get(id) ?? document.getElementById(id)
    if (item !== null) list.insertBefore(item, place)
  }
}

/**
 * Remembers where the focus is, by what it is on, since the element itself may be replaced.
 * @returns {() => void} puts it there again
 */
function focusNow() {
  const active = document.activeElement
  if (!(active instanceof HTMLElement) || active === document.body || active.closest('dialog') !== null)
    return () => {}
  const { do: act, on } = active.dataset
  const by =
    act === undefined ? undefined : `[data-do="${CSS.escape(act)}"][data-on="${CSS.escape(on ?? '')}"]`
  const within = active.closest('[id]')?.id
  return () => {
    if (document.contains(active)) return
    const again = by === undefined ? null : document.querySelector(by)
    const near =
      again ?? (within === undefined ? null : document.getElementById(within)?.querySelector('a, button'))
    if (near instanceof HTMLElement) near.focus({ preventScroll: true })
  }
}
