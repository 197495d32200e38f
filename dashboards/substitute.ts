import type { Model, VariableModel } from './model.ts'

/** Values of the variables at the top of a dashboard; several where more than one is chosen. */
export type Values = Readonly<Record<string, string | readonly string[]>>

/** What Grafana puts in for its own variables. Durations in seconds. */
export interface Span {
  /** The range that is shown (default an hour). */
  range: number
  /** The time between two points (default 15). */
  interval: number
  /** How often Prometheus scrapes (default 15). */
  scrape: number
}

const usualSpan: Span = { range: 3600, interval: 15, scrape: 15 }

/** As Grafana takes it for `$__rate_interval`: never fewer than four scrapes. In seconds. */
const rateInterval = ({ interval, scrape }: Span): number => Math.max(interval + scrape, 4 * scrape)

const inMs = (seconds: number): string => `${Math.round(seconds * 1000)}ms`

/**
 * Makes of a query with `$variables` the one that Grafana would send. Variables that nothing is given for take all values, where the
 * dashboard offers that; otherwise, or when the dashboard has no such variable, it throws and says which.
 */
export function substitute(model: Model, text: string, values: Values, span: Partial<Span> = {}): string {
  const whole = { ...usualSpan, ...span }
  const variables = new Map((model.templating.list ?? []).map((variable) => [variable.name, variable]))
  return text.replace(
    /[$](\w+)|[$][{](\w+)[}]/g,
    (_, bare: string | undefined, braced: string | undefined) => {
      const name = bare ?? braced ?? ''
      const own = ownValue(name, whole)
      if (own !== undefined) return own
      const variable = variables.get(name)
      if (variable === undefined)
        throw new Error(`${model.title}: there is no variable $${name}, which "${text}" names`)
      return chosenOf(variable, values)
    },
  )
}

function ownValue(name: string, span: Span): string | undefined {
  if (name === '__rate_interval') return inMs(rateInterval(span))
  if (name === '__interval') return inMs(span.interval)
  if (name === '__range') return inMs(span.range)
  if (name === '__range_s') return String(span.range)
  return undefined
}

function chosenOf({ name, includeAll, allValue }: VariableModel, values: Values): string {
  const given = values[name]
  if (given === '$__all') return allValue ?? '.*'
  if (given === undefined) {
    if (includeAll === true) return allValue ?? '.*'
    throw new Error(`the variable $${name} needs a value: it has no All`)
  }
  if (typeof given === 'string') return escaped(given)
  const [only] = given
  return given.length === 1 && only !== undefined ? escaped(only) : `(${given.map(escaped).join('|')})`
}

/** What has a meaning in a regular expression is meant literally, within the quotes of PromQL. */
const escaped = (value: string): string =>
  value
    .replaceAll('\\', String.raw`\\\\`)
    .replace(/[$^.*+?()[\]{}|]/g, String.raw`\\$&`)
    .replaceAll('"', String.raw`\"`)
