/** A whole number from 1 to `most` of an option; throws with the sentence that says so. */
export function count(name: string, text: string, most: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new Error(`--${name} has to be a whole number from 1 to ${most}, not ${text}`)
}
