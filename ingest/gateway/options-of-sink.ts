import { brokersOf, timeOf } from '../shared/flags.ts'
import type { Acks } from './kafka/producer.ts'
import type { SinkChoice } from './open-sink.ts'

/** What the command line says of where events go. */
export type SinkValues = {
  kafka?: string
  topic?: string
  acks?: string
  'answer-within'?: string
  sink?: string
  dir?: string
}

/** The one place where events go; throws a sentence when none is named, or two are. */
export const sinkOf = (values: SinkValues): SinkChoice =>
  values.kafka === undefined ? fileOf(values) : kafkaOf(values.kafka, values)

const fileOf = ({ sink, dir, topic, acks, 'answer-within': within }: SinkValues): SinkChoice => {
  if (topic !== undefined || acks !== undefined || within !== undefined) {
    throw new Error('--topic, --acks and --answer-within are for Kafka: add --kafka HOST:PORT')
  }
  if (sink === undefined) throw new Error('no sink is named: say --kafka HOST:PORT, or --sink file --dir DIR')
  if (sink !== 'file') throw new Error(`--sink ${sink} is not known: say --kafka HOST:PORT, or --sink file`)
  if (!dir) throw new Error('--dir is missing: say in which folder the file sink keeps the events')
  return { kind: 'file', dir }
}

const kafkaOf = (kafka: string, values: SinkValues): SinkChoice => {
  const { sink, dir, topic = 'loader', acks = 'all', 'answer-within': within = '10s' } = values
  if (sink !== undefined || dir !== undefined) {
    throw new Error('--kafka and --sink file --dir exclude each other: events go to one place')
  }
  return {
    kind: 'kafka',
    brokers: brokersOf('--kafka', kafka),
    topic: topicOf(topic),
    acks: acksOf(acks),
    answerWithin: timeOf('--answer-within', within),
  }
}

const topicOf = (text: string): string => {
  if (/^[\w.-]{1,249}$/.test(text)) return text
  throw new Error(`--topic ${text} is no name of a topic: letters, digits, dots, dashes and underscores are`)
}

const acksOf = (text: string): Acks => {
  if (text === 'all' || text === '1') return text
  throw new Error(`--acks ${text} is not known: say all, or 1`)
}
