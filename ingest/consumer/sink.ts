/** One record of the log, as it goes into a sink. Topic, partition and offset name it for ever, also when it comes again. */
export type Row = {
  topic: string
  partition: number
  offset: number
  /** The record's own time in epoch milliseconds; the same whenever it is read again. */
  timestamp: number
  /** The event's id, the same on every retry by the gateway; '' when the record has none. */
  id: string
  /** The event as parsed. */
  event: Readonly<Record<string, unknown>>
  /** The event as JSON text: what is stored. */
  json: string
}

/** A row that the store will never take: its index in the batch, and the store's reason. */
export type RefusedRow = { index: number; why: string }

/** What became of a batch. */
export type Written =
  /** All of it is durable. */
  | { kind: 'stored' }
  /**
   * All of it is durable but these rows, at least one, in ascending order: they are refused for what is in them, and
   * would be again. To be put aside (dead-lettered) before the offsets are committed.
   */
  | { kind: 'refused'; rows: readonly RefusedRow[] }
  /** Not known to be durable, some of it may be. Nothing may be committed; the same rows are to come again. */
  | { kind: 'failed'; why: string }

/**
 * Where a consumer puts what it read. It is called for one batch at a time. A batch that comes again, whole or cut
 * elsewhere, does no harm where the store knows rows by topic, partition and offset; else it is there again.
 */
export type ConsumerSink = {
  /**
   * Answers once the batch is durable, or will not be; by the sink's own deadline at the latest, and soon after `signal`
   * is aborted. Never rejects.
   */
  write(rows: readonly Row[], signal: AbortSignal): Promise<Written>
  /** Tries whether a write would succeed, without leaving a trace. Answers why not. Never rejects. */
  probe(signal: AbortSignal): Promise<string | undefined>
  /** Lets go of the store, after the last write has been answered. Never rejects. */
  close(): Promise<void>
}

/** A sink that is open, or the sentence that says why it cannot be. */
export type OpenedSink = { kind: 'open'; sink: ConsumerSink } | { kind: 'refused'; why: string }

/** What of the process a sink may need. */
export type SinkSurroundings = {
  environment: Readonly<Record<string, string | undefined>>
  stdout: NodeJS.WritableStream
}

/** Opens a sink. Never rejects. A store that is not there at present is no reason to refuse: `probe` and `write` tell. */
export type OpenSink = (surroundings: SinkSurroundings) => Promise<OpenedSink>

/** What the command line may say about sinks. */
export type SinkFlags = {
  dir?: string | undefined
  url?: string | undefined
  'url-file'?: string | undefined
  table?: string | undefined
  /** Settings of the store, as NAME=VALUE. */
  setting?: readonly string[] | undefined
  /** How long one write may take, in milliseconds. */
  writeWithin: number
}

/** Reads what a sink needs from the command line. Throws an Error that says what is missing or wrong. */
export type ReadSink = (flags: SinkFlags) => OpenSink
