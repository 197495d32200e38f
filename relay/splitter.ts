import { LONGEST_LINE } from './line.ts'

/** What comes out of a client's bytes. Text is one character a byte (latin1). */
export interface Lines {
  line(text: string): void
  /** A line that is longer than any may be, or one that the end of the connection has cut off: its beginning. */
  broken(reason: 'length' | 'cut', beginning: string): void
}

/** Takes a client's bytes apart into lines; keeps no more than one line of them. */
export const createSplitter = ({ line, broken }: Lines) => {
  let rest = ''
  let skipping = false

  const take = (text: string) => {
    if (skipping) skipping = false
    else if (text.length > LONGEST_LINE) broken('length', text.slice(0, 100))
    else line(text)
  }

  /** A copy, as a part of a string would hold on to the whole of it. */
  const keep = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

  const feed = (bytes: Buffer) => {
    const text = rest + bytes.toString('latin1')
    let begin = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
      take(text.slice(begin, end))
      begin = end + 1
    }
    if (text.length - begin <= LONGEST_LINE) {
      rest = keep(text.slice(begin))
      return
    }
    if (!skipping) broken('length', keep(text.slice(begin, begin + 100)))
    skipping = true
    rest = ''
  }

  /** No more bytes will come. What has no newline may be half a number. */
  const end = () => {
    if (rest !== '' && !skipping) broken('cut', rest.slice(0, 100))
    rest = ''
  }

  return { feed, end }
}
