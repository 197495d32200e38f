/** A whole number as an operator writes it, with or without its sign; undefined where the text is none. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,6}$/.test(text) ? Number(text) : undefined
}
