/** As the gateway has it: Go gives up below this many arrays and objects inside one another. */
const MAX_DEPTH = 10_000

/** True for a JSON text that nests deeper than 10,000. Texts that are too short for that are not looked at. */
export const isTooDeep = (text: string): boolean => text.length > 2 * MAX_DEPTH && depthOf(text) > MAX_DEPTH

/** The deepest nesting. What stands in strings does not count. */
const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth > deepest) deepest = depth
  }
  return deepest
}

/** The position of the quote that closes the string opened at `start`. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
