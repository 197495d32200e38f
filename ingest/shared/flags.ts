import type { Address } from './listen.ts'

/** Reads the values of command-line flags. Each throws an Error that names the flag and says what it takes. */

/** `HOST:PORT`, `:PORT` or `[IPv6]:PORT`; without a host it means all addresses. */
export const addressOf = (flag: string, text: string): Address => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) {
    throw new Error(`${flag} ${text} is no address: say HOST:PORT, such as 127.0.0.1:8080`)
  }
  const host = bracketed ?? plain
  return host ? { host, port } : { port }
}

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }

/** A time in milliseconds; zero only where `least` is 0. */
export const timeOf = (flag: string, text: string, least = 1): number => {
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  const time = Number(number) * (TIMES[unit] ?? Number.NaN)
  if (!(time >= least))
    throw new Error(`${flag} ${text} is no time: say a number with ms, s or m, such as 30s`)
  return time
}

/** A whole number of things, at least one. */
export const countOf = (flag: string, text: string): number => {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1) throw new Error(`${flag} ${text} is no count: say a whole number from 1 on`)
  return count
}

const SIZES: Readonly<Record<string, number>> = { '': 1, KB: 1_000, MB: 1_000_000 }

/** A size in bytes. */
export const bytesOf = (flag: string, text: string): number => {
  const [, number, unit = ''] = /^(\d{1,12})(KB|MB)?$/.exec(text) ?? []
  const bytes = Number(number) * (SIZES[unit] ?? Number.NaN)
  if (!(bytes >= 1)) throw new Error(`${flag} ${text} is no size: say bytes, or a number with KB or MB`)
  return bytes
}

/** `HOST:PORT,HOST:PORT,...` */
export const brokersOf = (flag: string, text: string): string[] => {
  const brokers = text.split(',').map((broker) => broker.trim())
  if (brokers.every(isBroker)) return brokers
  throw new Error(`${flag} ${text} names no brokers: say HOST:PORT,HOST:PORT,..., such as 127.0.0.1:9092`)
}

const isBroker = (text: string): boolean => {
  const port = Number(/^(?:\[[^\]]+\]|[^\s:,[\]]+):(\d{1,5})$/.exec(text)?.[1])
  return port > 0 && port <= 65_535
}
