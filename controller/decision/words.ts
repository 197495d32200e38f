/** A duration in ms as an operator says it: 45s, 5m, 2m10s, 3h, 1d4h. At most two units, rounded to the second. */
export function duration(ms: number): string {
  const total = Math.round(Math.abs(ms) / 1000)
  const parts: string[] = []
  let rest = total
  for (const [unit, length] of units) {
    const amount = Math.floor(rest / length)
    rest -= amount * length
    if (amount > 0) parts.push(`${amount}${unit}`)
    if (parts.length === 2) break
  }
  return parts.length === 0 ? '0s' : parts.join('')
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

/** A number with three significant digits at most, without an exponent: 0.0123, 7.25, 1040. */
export function figure(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return String(Number(value.toFixed(Math.min(digits, 12))))
}

/** Two numbers that are compared, with as many digits as show which one is more: "100.4" and "100". */
export function compared(value: number, bound: number): [string, string] {
  const short: [string, string] = [figure(value), figure(bound)]
  if (value === bound || short[0] !== short[1]) return short
  for (let digits = 1; digits < 12; digits++) {
    const long = Number(value.toFixed(digits))
    if (long !== bound && String(long) !== short[1]) return [String(long), short[1]]
  }
  return [String(value), String(bound)]
}

/** "1 instance", "3 instances". */
export function plural(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** A time (epoch ms) as a clock in a zone shows it: "15:10 UTC"; with its date when it is a day or more from `now`. */
export function clockTime(at: number, now: number, zone = 'UTC'): string {
  const shown: Record<string, string> = {}
  for (const { type, value } of formatIn(zone).formatToParts(at)) shown[type] = value
  const seconds = shown['second'] === '00' ? '' : `:${shown['second']}`
  const time = `${shown['hour']}:${shown['minute']}${seconds} ${zone}`
  return Math.abs(at - now) < DAY ? time : `${shown['year']}-${shown['month']}-${shown['day']} ${time}`
}

/** Making one takes longer than using it a thousand times. */
function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const two = '2-digit'
  const date = { year: 'numeric', month: two, day: two } as const
  const time = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const
  const made = new Intl.DateTimeFormat('en', { timeZone: zone, ...date, ...time })
  formats.set(zone, made)
  return made
}
