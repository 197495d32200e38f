/** A text after interpolation, with what Docker warns about; or why the whole file is refused. */
export type Interpolated =
  | { kind: 'text'; text: string; warnings: readonly string[] }
  | { kind: 'broken'; why: string }

const NAME = '[_a-zA-Z][_a-zA-Z0-9]*'
const EXPRESSION = new RegExp(`\\$(?:(\\$)|(${NAME})|\\{(${NAME})(?:(:?[-?+])([^}]*))?\\}|())`, 'g')

/**
 * What Docker Compose makes of `$` in a value: `$$` is `$`; `$X`, `${X}`, `${X:-other}`, `${X-other}`, `${X:+other}`, `${X+other}`,
 * `${X:?why}` and `${X?why}` take X from the environment, and nothing with a warning where it is not set; anything else after `$`
 * is refused.
 */
export function interpolate(text: string, environment: Readonly<Record<string, string>>): Interpolated {
  if (!text.includes('$')) return { kind: 'text', text, warnings: [] }
  const warnings: string[] = []
  const broken: string[] = []
  const replaced = text.replace(
    EXPRESSION,
    (_all, escaped?: string, plain?: string, braced?: string, operator?: string, other?: string) => {
      if (escaped !== undefined) return '$'
      const name = plain ?? braced
      if (name !== undefined)
        return substitute(name, environment[name], operator, other ?? '', warnings, broken)
      broken.push(`invalid interpolation format: "${text}". You may need to escape any $ with another $`)
      return ''
    },
  )
  const why = broken[0]
  return why === undefined ? { kind: 'text', text: replaced, warnings } : { kind: 'broken', why }
}

function substitute(
  name: string,
  value: string | undefined,
  operator: string | undefined,
  other: string,
  warnings: string[],
  broken: string[],
): string {
  const isSet = value !== undefined && (operator?.startsWith(':') !== true || value !== '')
  if (operator?.endsWith('+') === true) return isSet ? other : ''
  if (isSet) return value
  if (operator?.endsWith('-') === true) return other
  if (operator === undefined)
    warnings.push(`The "${name}" variable is not set. Defaulting to a blank string.`)
  else broken.push(`required variable ${name} is missing a value: ${other}`)
  return ''
}
