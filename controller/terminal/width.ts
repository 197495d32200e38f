import { eastAsianWidth } from 'get-east-asian-width'

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Printable ASCII takes a column each, and is most of what is shown. */
const SIMPLE = /^[\x20-\x7e]*$/
const NOTHING = /^(?:\p{Mark}|\p{Default_Ignorable_Code_Point}|\p{Control})+$/u
const PICTURE = /\p{RGI_Emoji}|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/v

/** How many columns of a terminal a text takes. It holds no control characters. */
export function widthOf(text: string): number {
  if (SIMPLE.test(text)) return text.length
  let width = 0
  for (const { segment } of clusters.segment(text)) width += clusterWidth(segment)
  return width
}

/** What a reader takes for one character, such as a letter with its accents, or a flag. */
function clusterWidth(cluster: string): number {
  if (NOTHING.test(cluster)) return 0
  if (PICTURE.test(cluster)) return 2
  const point = cluster.codePointAt(0)
  return point === undefined ? 0 : eastAsianWidth(point)
}

/** The beginning of a text that takes so many columns at most; what was cut ends with an ellipsis. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let width = 0
  for (const { segment } of clusters.segment(text)) {
    const more = clusterWidth(segment)
    if (width + more > columns - 1) break
    kept += segment
    width += more
  }
  return `${kept}…`
}

/** A text that takes just so many columns: cut, or filled up with blanks behind it. */
export function filled(text: string, columns: number): string {
  const cut = clip(text, columns)
  return cut + ' '.repeat(Math.max(0, columns - widthOf(cut)))
}

/** A text in lines of so many columns at most, broken at blanks where there are any. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => pieces(one, columns))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= columns) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

/** A word that is too long for a line, cut into what fits. */
function pieces(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word]
  const parts: string[] = []
  let part = ''
  for (const { segment } of clusters.segment(word)) {
    if (part !== '' && widthOf(part + segment) > columns) {
      parts.push(part)
      part = ''
    }
    part += segment
  }
  return [...parts, part]
}
