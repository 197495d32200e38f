const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }

/** Milliseconds of a time such as 500ms, 30s or 2m; throws a sentence that names the flag. */
export const timeOf = (flag: string, text: string): number => {
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  const time = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (!(time > 0)) throw new Error(`${flag} ${text} is no time: say a number with ms, s or m, such as 30s`)
  return time
}
