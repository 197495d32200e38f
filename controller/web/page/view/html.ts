const marked: unique symbol = Symbol('html')

/** Text that is HTML already: only `html` makes it, so that nothing else can get into a page unescaped. */
export interface Html {
  readonly [marked]: string
}

/** What a template takes. Nothing is shown for undefined and false, and lists are shown one after the other. */
export type Hole = Html | string | number | undefined | false | readonly Hole[]

/** A template of which every value is escaped that is not HTML of its own making. Values of attributes have to be quoted. */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  if (!sound.has(strings)) checkQuotes(strings)
  let text = strings[0] ?? ''
  for (const [i, hole] of holes.entries()) text += shown(hole) + (strings[i + 1] ?? '')
  return { [marked]: text }
}

/** What goes over the wire. */
export const textOf = (markup: Html): string => markup[marked]

const sound = new WeakSet<TemplateStringsArray>()

function checkQuotes(strings: TemplateStringsArray): void {
  for (const text of strings.slice(0, -1))
    if (/=\s*$/.test(text)) throw new Error(`the value of an attribute has to be quoted: ${text.slice(-40)}`)
  sound.add(strings)
}

function shown(hole: Hole): string {
  if (hole === undefined || hole === false) return ''
  if (typeof hole === 'string') return escapeText(hole)
  if (typeof hole === 'number') return String(hole)
  if (isHtml(hole)) return hole[marked]
  return hole.map(shown).join('')
}

const isHtml = (hole: Html | readonly Hole[]): hole is Html => marked in hole

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Besides those above, characters that turn the text around them, and those that no terminal shows: they are told as what cannot be shown. */
const special = /[&<>"'\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Most text has nothing of the kind. */
const escapeText = (text: string): string =>
  text.search(special) === -1
    ? text
    : text.replaceAll(special, (one) => escapes[one] ?? (/[\n\t]/.test(one) ? one : '\ufffd'))
