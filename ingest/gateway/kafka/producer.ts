/** An event on its way to a broker: its bytes as posted, and its id (ASCII), which is the same on every attempt. */
export type Outgoing = { readonly value: Buffer; readonly id: string }

/** Why a batch was not acknowledged. Only after `too-large` is it certain that the broker has none of it. */
export type Reason =
  /** Beyond what the topic or the broker takes in one piece. */
  | 'too-large'
  /** No answer in time. */
  | 'timeout'
  /** The connection could not be made, or broke. */
  | 'network'
  /** The broker answered with another error. */
  | 'broker'

/** What became of one attempt: all of the batch is in the log, with consecutive offsets from `offset` on, or it failed. */
export type Sent = { kind: 'stored'; offset: number } | { kind: 'failed'; reason: Reason; why: string }

/** What the brokers say of the topic. `usable`: the partitions that take events at present. */
export type Topic =
  | { kind: 'there'; usable: readonly number[]; partitions: number }
  | { kind: 'missing' }
  | { kind: 'unreachable'; why: string }

/** What the topic promises: copies that an acks=all write has at least, and the bytes of one batch at most. */
export type TopicSettings = { minInSyncReplicas: number; maxMessageBytes: number }

/** A Kafka client as the gateway needs it. Nothing in it retries or waits without bound, and nothing rejects. */
export type Producer = {
  /** One attempt to write a batch to one partition. */
  sendBatch(events: readonly Outgoing[], partition: number): Promise<Sent>
  /** Asks the brokers for the topic as it is now. */
  probe(): Promise<Topic>
  /** Reads the topic's settings; undefined when they cannot be had, as without the right to read them. */
  settings(): Promise<TopicSettings | undefined>
  close(): Promise<void>
}

/** What a producer is opened with. Brokers as HOST:PORT; acks as in Kafka: all in-sync replicas, or the leader alone. */
export type ProducerOptions = { brokers: readonly string[]; topic: string; acks: Acks }

export type Acks = 'all' | '1'

export type OpenProducer = (options: ProducerOptions) => Producer

/** One attempt, one connect and one probe end within this time, in milliseconds. */
export const ATTEMPT_WITHIN = 4_000

/** A broker gives up on its followers earlier, so that its own words arrive before the patience is over. */
export const BROKER_WITHIN = 3_000
