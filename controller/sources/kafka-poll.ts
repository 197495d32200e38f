import type { Fault } from './fault.ts'
import { type Look, outcomeOf } from './kafka-answer.ts'
import { type KafkaSettings, roundTimeoutOf } from './kafka-config.ts'
import type { KafkaQuery } from './kafka-query.ts'
import type { Kafka, Wanted } from './kafka-seen.ts'
import { type Point, pointSeries, type Series } from './kafka-series.ts'
import { faultOfLook, lateFault } from './kafka-words.ts'
import type { SourceDeps } from './source.ts'

/** A query nobody has asked for this long, in ms, is forgotten. */
const FORGET_AFTER = 600_000
/** A look that is older than so many intervals says nothing about the rate since then. */
const LONGEST_SPAN = 3

/** What is known of a query that was asked for. `fault`: why the newest round has nothing for it. */
export interface Known {
  points: readonly Point[]
  fault?: Fault
}

export interface Rounds {
  /** Wants a query in the rounds from now on, and its points for `retention` ms; answers what is known of it already. */
  want(query: KafkaQuery, retention: number): Known
  /** Asks for all that is wanted; what it finds counts for the time `at` (epoch ms). Never rejects. */
  round(at: number, signal: AbortSignal): Promise<void>
}

interface Entry {
  query: KafkaQuery
  series: Series
  retention: number
  asked: number
  fault?: Fault | undefined
}

/** Rounds of questions to Kafka: one look for all queries that are wanted. */
export function kafkaRounds(config: KafkaSettings, deps: SourceDeps, kafka: Kafka, where: string): Rounds {
  const entries = new Map<string, Entry>()
  let before: Look | undefined

  const note = (at: number, look: Look): void => {
    const isRecent = before !== undefined && look.taken - before.taken <= LONGEST_SPAN * config.interval
    const earlier = isRecent ? before : undefined
    for (const entry of entries.values()) {
      const outcome = outcomeOf(entry.query, look, earlier, config.reset)
      if (outcome.kind === 'point') entry.series.add({ t: at, ...outcome.point })
      entry.fault = outcome.kind === 'fault' ? outcome : undefined
    }
    before = look
  }
  const forget = (now: number): void => {
    for (const [key, { series, retention, asked }] of entries) {
      series.prune(now - retention)
      if (now - asked > retention + FORGET_AFTER) entries.delete(key)
    }
  }
  return {
    want(query, retention) {
      const entry = entries.get(query.key) ?? { query, series: pointSeries(), retention, asked: 0 }
      entries.set(query.key, entry)
      entry.asked = deps.now()
      entry.retention = Math.max(entry.retention, retention)
      return { points: entry.series.points(), ...(entry.fault && { fault: entry.fault }) }
    },
    async round(at, signal) {
      const began = deps.now()
      forget(began)
      if (entries.size === 0) return
      const seen = await lookWithin(config, kafka, wantedBy(entries.values()), where, signal)
      if (signal.aborted) return
      // A slow answer is of some time on the way, which matters to rates.
      const taken = (began + deps.now()) / 2
      if (seen.kind === 'seen') return note(at, { seen: seen.seen, taken })
      for (const entry of entries.values()) entry.fault = seen
    },
  }
}

function wantedBy(entries: Iterable<Entry>): Wanted {
  const [topics, groups] = [new Set<string>(), new Set<string>()]
  for (const { query } of entries) {
    if ('topic' in query) topics.add(query.topic)
    if ('group' in query) groups.add(query.group)
  }
  return { topics, groups }
}

type Looked = { kind: 'seen'; seen: Awaited<ReturnType<Kafka['look']>> } | Fault

/** One look under a deadline. After one that failed, connections are made anew: what is half done on the old ones is lost. */
async function lookWithin(
  config: KafkaSettings,
  kafka: Kafka,
  wanted: Wanted,
  where: string,
  signal: AbortSignal,
): Promise<Looked> {
  const timeout = roundTimeoutOf(config)
  const late = Promise.withResolvers<Looked>()
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  const end = (): void => late.resolve(lateFault(where, timeout))
  ended.addEventListener('abort', end, { once: true })
  const looked = await Promise.race([lookOnce(kafka, wanted, where, timeout), late.promise])
  ended.removeEventListener('abort', end)
  if (looked.kind === 'fault') await kafka.drop()
  return looked
}

async function lookOnce(kafka: Kafka, wanted: Wanted, where: string, timeout: number): Promise<Looked> {
  try {
    return { kind: 'seen', seen: await kafka.look(wanted) }
  } catch (error) {
    return faultOfLook(error, where, timeout)
  }
}
