/** A number with its unit, about as Grafana writes it. */
export function withUnit(value: number, unit: string, decimals?: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (unit === 'percentunit') return `${figure(value * 100, decimals ?? 1)} %`
  if (unit === 's') return duration(value)
  if (unit === 'bytes') return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'], decimals)
  if (unit.startsWith('suffix:')) return `${figure(value, decimals)}${unit.slice('suffix:'.length)}`
  const rate = rates[unit]
  if (rate !== undefined) return `${figure(value, decimals)} ${rate}`
  return unit === 'short' ? scaled(value, 1000, ['', 'K', 'Mil', 'Bil'], decimals) : figure(value, decimals)
}

const rates: Readonly<Record<string, string>> = { reqps: 'req/s', cps: 'c/s', ops: 'ops/s' }

const figure = (value: number, decimals?: number): string => {
  if (decimals !== undefined) return value.toFixed(decimals)
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 2 : 3
  return String(Number(value.toFixed(digits)))
}

function scaled(value: number, base: number, names: readonly string[], decimals?: number): string {
  const wanted = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(base))
  const power = Math.max(0, Math.min(names.length - 1, wanted))
  const small = power === 0
  const text = figure(value / base ** power, small ? decimals : (decimals ?? 1))
  const name = names[power] ?? ''
  return name === '' ? text : `${text} ${name}`
}

const parts = [
  [1, 's'],
  [60, 'mins'],
  [3600, 'hours'],
  [86_400, 'days'],
] as const

function duration(seconds: number): string {
  const size = Math.abs(seconds)
  if (size === 0) return '0 s'
  if (size < 0.001) return `${figure(seconds * 1e6)} µs`
  if (size < 1) return `${figure(seconds * 1000)} ms`
  const [per, name] = parts.findLast(([from]) => size >= from) ?? parts[0]
  return `${figure(seconds / per)} ${name}`
}
