/**
 * Text of somebody else as it may be shown in a terminal: one line, without anything that a terminal would obey. What breaks a line
 * becomes a blank. Control characters (C0, C1 and DEL, so that no escape sequence is left), format characters such as those that turn
 * the direction of writing round, and halves of surrogate pairs are replaced, so that one sees that there was something. The joiners
 * and selectors that emoji are made of stay.
 */
export function plain(text: string): string {
  return text.replaceAll(BREAKS, ' ').replaceAll(UNSAFE, '\ufffd')
}

const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu
const UNSAFE = /(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Cs}]/gu
