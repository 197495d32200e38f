/** What stands for `${name}` in commands and environments. */
export type Values = Readonly<Record<string, string>>

/**
 * Puts the values in place of their `${name}`. One pass, so a value is never read as a template, whatever it holds; unknown
 * names stay as they are, for programs that have templates of their own.
 */
export function substitute(text: string, values: Values): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  )
}

/** Whether any of the texts asks for `${name}`. */
export function mentions(texts: readonly string[], name: string): boolean {
  return texts.some((text) => text.includes(`\${${name}}`))
}
