/** What became of one event. Only `stored` may be acknowledged to the client. */
export type Appended =
  | { kind: 'stored'; partition: number; offset: number }
  /** Not taken, because too many events wait already; a later attempt may succeed. */
  | { kind: 'full' }
  /** Not taken, because the store refuses events of this size; it will not succeed later either. */
  | { kind: 'too-large' }
  /** Not known to be durable; it may still turn up in the store. */
  | { kind: 'failed'; why: string }

/** Where the gateway puts events. */
export type Sink = {
  /** Answers once the event is durable, or will not be. Never rejects. The bytes must not change afterwards. */
  append(event: Buffer): Promise<Appended>
  /** The same for many events at once: one outcome per event, in the same order. Some may be stored and others not. */
  appendAll(events: readonly Buffer[]): Promise<readonly Appended[]>
  /** Events taken and not yet answered. */
  queued(): number
  /** Why it cannot store at present; undefined while all is well. */
  failure(): string | undefined
  /** Waits for what is queued and lets go of the store. Nothing may be appended any more. */
  close(): Promise<void>
}

/** What became of a batch: all of it is durable, with consecutive offsets from `offset` on, or none is acknowledged. */
export type Written = { kind: 'stored'; partition: number; offset: number } | { kind: 'failed'; why: string }

/** Makes batches durable: a file, later a Kafka partition. It is called for one thing at a time. */
export type BatchWriter = {
  /** Never rejects. After a failure nothing of the batch stands in the way of the next one. */
  write(events: readonly Buffer[]): Promise<Written>
  /** Tries whether a write would succeed again, without leaving a trace. Answers why not. */
  probe(): Promise<string | undefined>
  close(): Promise<void>
}
