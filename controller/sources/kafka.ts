import { missing, type Reading } from '../decision/reading.ts'
import { defineSource } from './define.ts'
import { KafkaConfig, type KafkaSettings, roundTimeoutOf } from './kafka-config.ts'
import { kafkaAt } from './kafka-look.ts'
import { kafkaRounds } from './kafka-poll.ts'
import { kafkaFaults, parseKafkaQuery } from './kafka-query.ts'
import { readingOf } from './kafka-reading.ts'
import type { Kafka } from './kafka-seen.ts'
import { pause, roundsUntil } from './rounds.ts'
import { settle } from './settle.ts'
import type { Source, SourceDeps } from './source.ts'

/** A Kafka source whose rounds somebody else starts. */
export interface KafkaPoller extends Source {
  round(at: number): Promise<void>
}

/**
 * Asks Kafka itself for lag, offsets, rates, partitions and groups, as `lag(group=consumer, topic=loader)`. It keeps what it was asked
 * for, from when it was first asked. What it answers are totals, for rules `per: workload`: Kafka does not know instances.
 */
export function kafkaPoller(config: KafkaSettings, deps: SourceDeps, kafka: Kafka): KafkaPoller {
  const where = `kafka at ${config.brokers.join(', ')}`
  const rounds = kafkaRounds(config, deps, kafka, where)
  const closing = new AbortController()
  return {
    read(question, signal) {
      const work = async (): Promise<Reading> => {
        const parsed = parseKafkaQuery(question.query)
        if (parsed.kind === 'fault') return missing('bad-query', parsed.detail)
        const now = deps.now()
        const known = rounds.want(parsed.query, now - question.from + 2 * config.interval)
        if (question.per === 'instance') {
          return missing('no-instances', 'Kafka knows totals only: set per: workload for the rule')
        }
        return readingOf(question, known, now)
      }
      return settle(work, AbortSignal.any([signal, closing.signal]), `${where} was asked to stop`)
    },
    round: (at) => rounds.round(at, closing.signal),
    async close() {
      closing.abort()
      await kafka.drop()
    },
  }
}

/** Begins to ask when it is first asked, since there is nothing to keep before. */
function open(config: KafkaSettings, deps: SourceDeps): Source {
  const source = kafkaPoller(config, deps, kafkaAt(config, deps))
  const closing = new AbortController()
  // Many controllers and sources must not come back to a broker that was down all at the same time.
  const jitter = deps.random() * Math.min(config.interval / 10, roundTimeoutOf(config) / 10)
  const begin = async (): Promise<void> => {
    await pause(jitter, closing.signal)
    await roundsUntil(closing.signal, source.round, config.interval, deps.now)
  }
  let asking: Promise<void> | undefined
  return {
    read(question, signal) {
      const reading = source.read(question, signal)
      asking ??= begin()
      return reading
    },
    async close() {
      closing.abort()
      await source.close()
      await asking
    },
  }
}

export const kafka = defineSource(KafkaConfig, kafkaFaults, open)
