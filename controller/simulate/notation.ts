import { parseDuration, sayDuration } from '../policy/duration.ts'
import { type Phrase, readPhrase } from './phrase.ts'
import { type Arrival, type Segment, type Series, type Shape, truthAt } from './series.ts'

export type SeriesOutcome = { kind: 'series'; series: Series } | { kind: 'broken'; faults: string[] }

/**
 * Reads the compact notation of a series: `200 x 10m, 200..900 / 5m, gap x 3m, 900`. A list holds one segment an entry. Tells all that
 * is wrong with it, one sentence each.
 */
export function parseSeries(given: string | number | readonly (string | number)[]): SeriesOutcome {
  const parts = (Array.isArray(given) ? given : [given]).flatMap((text) => String(text).split(','))
  const builder: Builder = { segments: [], units: new Set(), faults: [], at: 0, length: 0 }
  const texts = parts.map((part) => part.trim())
  const isShared = /^share\s/.test(texts[0] ?? '')
  if (isShared) texts[0] = (texts[0] ?? '').slice('share'.length).trim()
  for (const [i, text] of texts.entries()) add(builder, text, i === texts.length - 1)
  const [unit = 'plain', other] = builder.units
  if (other !== undefined) builder.faults.push('has values with different units: write all of them in one')
  if (builder.faults.length > 0) return { kind: 'broken', faults: builder.faults }
  return { kind: 'series', series: { isShared, unit, segments: builder.segments, length: builder.length } }
}

interface Builder {
  segments: Segment[]
  units: Set<Series['unit']>
  faults: string[]
  at: number
  length: number
}

function add(builder: Builder, text: string, isLast: boolean): void {
  const outcome = segmentOf(builder, text, isLast)
  if ('fault' in outcome) {
    builder.faults.push(text === '' ? outcome.fault : `"${text}" ${outcome.fault}`)
    return
  }
  const { shape, arrival, lasts } = outcome
  const to = builder.at + lasts
  builder.segments.push({
    from: builder.at,
    to: isLast ? Number.POSITIVE_INFINITY : to,
    arrival,
    ...(shape !== undefined && { shape }),
  })
  builder.at = to
  if (Number.isFinite(to)) builder.length = to
}

type Fault = { fault: string }
type Part = { shape?: Shape; arrival: Arrival; lasts: number }

function segmentOf(builder: Builder, text: string, isLast: boolean): Part | Fault {
  if (text === '') return { fault: 'has nothing between two commas' }
  const phrase = readPhrase(text)
  if ('fault' in phrase) return phrase
  const over = spanOf(phrase.over)
  const given = spanOf(phrase.times)
  if (over === 'wrong' || given === 'wrong') return { fault: 'needs durations such as 30s, 5m or 1h30m' }
  const shape = shapeOf(phrase, over)
  if (shape !== undefined && 'fault' in shape) return shape
  const lasts = given ?? (shape?.kind === 'ramp' ? shape.over : undefined)
  if (lasts === undefined && !isLast)
    return { fault: 'has to say how long, such as "x 5m": only the last one may go on' }
  if (phrase.unit !== undefined) builder.units.add(phrase.unit)
  const whole = { lasts: lasts ?? Number.POSITIVE_INFINITY }
  const arrival = arrivals[phrase.word] ?? ((): Arrival => ({ kind: 'whole' }))
  const arrives = { ...whole, arrival: arrival(phrase) }
  if (phrase.word === 'gap' || phrase.word === 'missing') return arrives
  const truth = shape ?? goesOn(builder)
  if (truth === undefined) return { fault: 'comes first and has no value: say one, such as "stale 200 x 5m"' }
  return { ...arrives, shape: truth }
}

const arrivals: Readonly<Record<string, (phrase: Phrase) => Arrival>> = {
  stale: () => ({ kind: 'late' }),
  partial: ({ percent = 0 }) => ({ kind: 'partial', share: percent / 100 }),
  missing: () => ({ kind: 'error', reason: 'no-data', detail: 'the source has no data' }),
  unreachable: () => ({
    kind: 'error',
    reason: 'unreachable',
    detail: 'the source refuses connections',
  }),
  timeout: () => ({ kind: 'error', reason: 'timeout', detail: 'the source does not answer in time' }),
}

function spanOf(text: string | undefined): number | 'wrong' | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  return ms === undefined || ms === 0 ? 'wrong' : ms
}

function shapeOf({ word, values }: Phrase, over: number | undefined): Shape | Fault | undefined {
  const [low, high] = values
  const isWave = word === 'sine' || word === 'square'
  if (low === undefined) return undefined
  if (high === undefined) {
    if (isWave) return { fault: `needs a low and a high, such as "${word} 100..900 / 24h"` }
    if (over === undefined) return { kind: 'level', value: low }
    return { fault: `has a slash, which says how long a ramp takes: ${low} x ${sayDuration(over)}` }
  }
  if (over === undefined) {
    if (isWave) return { fault: `needs a period, such as "${word} ${low}..${high} / 24h"` }
    return { fault: `is a ramp, so it has to say how long it takes, such as "${low}..${high} / 5m"` }
  }
  return { kind: isWave ? word : 'ramp', low, high, over }
}

/** The last value, as it was at the end of what came before. */
function goesOn({ segments }: Builder): Shape | undefined {
  const last = segments.findLast(({ shape }) => shape !== undefined)
  const value = last === undefined ? undefined : truthAt(last, last.to)
  return value === undefined ? undefined : { kind: 'level', value }
}
