/** A number that is expected: both bounds belong to it. */
export interface Range {
  min: number
  max: number
}

const forms = 'a number, or a range such as 2..5, 2.. or ..5'

export const sayRangeWrong = (input: unknown): string => `has to be ${forms}, not ${JSON.stringify(input)}`

/** Reads `4`, `2..5`, `2..`, `..5`, `at least 2` and `at most 5`; undefined where it is none of them. */
export function parseRange(given: string | number): Range | undefined {
  const text = String(given).trim()
  const [, bound, limit] = /^at (least|most) (\d+)$/.exec(text) ?? []
  if (limit !== undefined)
    return bound === 'least'
      ? { min: Number(limit), max: Number.POSITIVE_INFINITY }
      : { min: 0, max: Number(limit) }
  const [whole, low, dots, high] = /^(\d+)?(\.\.)?(\d+)?$/.exec(text) ?? []
  if (whole === undefined || (low === undefined && high === undefined)) return undefined
  if (dots === undefined) return { min: Number(low), max: Number(low) }
  const range = { min: Number(low ?? 0), max: Number(high ?? Number.POSITIVE_INFINITY) }
  return range.min <= range.max ? range : undefined
}

export const isIn = (value: number, { min, max }: Range): boolean => value >= min && value <= max

export function sayRange({ min, max }: Range): string {
  if (min === max) return String(min)
  if (max === Number.POSITIVE_INFINITY) return `at least ${min}`
  return min === 0 ? `at most ${max}` : `${min} to ${max}`
}
