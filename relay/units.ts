/** Reads the values of options. Each throws an Error that names the option and says what it takes. */

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time in ms. */
export const timeOf = (option: string, text: string, least = 1): number => {
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? []
  const time = Number(number) * (TIMES[unit] ?? Number.NaN)
  if (!(time >= least))
    throw new Error(`${option} ${text} is no time: say a number with ms, s, m, h or d, such as 30s`)
  return time
}

const SIZES: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** A size in bytes. */
export const bytesOf = (option: string, text: string, least: number): number => {
  const [, number, unit = ''] = /^(\d{1,6})(KiB|MiB|GiB)$/.exec(text) ?? []
  const bytes = Number(number) * (SIZES[unit] ?? Number.NaN)
  if (!Number.isFinite(bytes))
    throw new Error(`${option} ${text} is no size: say a number with KiB, MiB or GiB, such as 512MiB`)
  if (bytes < least)
    throw new Error(`${option} ${text} is too small: it has to be ${least / 2 ** 20}MiB at least`)
  return bytes
}

/** A whole number, at least one. */
export const countOf = (option: string, text: string): number => {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1) throw new Error(`${option} ${text} is no number: say a whole one from 1 on`)
  return count
}

/** `HOST:PORT`, or `[IPv6]:PORT`. */
export const addressOf = (option: string, text: string): { host: string; port: number } => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || !(port <= 65_535))
    throw new Error(`${option} ${text} is no address: say HOST:PORT, such as 127.0.0.1:2003`)
  return { host, port }
}
