import kafkajs, { type Kafka } from 'kafkajs'
import { registerCodecs } from './codecs.ts'
import { quietenRequestQueue } from './quiet-queue.ts'

/** Takes a line of the client's own log. */
export type ClientLog = (line: { namespace: string; message: string; error: string | undefined }) => void

/** Times in milliseconds. An attempt to connect or to ask is short, as who asks repeats it with waits of its own. */
const CONNECT_WITHIN = 3_000
const ANSWER_WITHIN = 10_000
const RETRY = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 }

/** A Kafka client that is not connected yet. `clientId` is how brokers and operators see it. */
export const createClient = (brokers: readonly string[], clientId: string, log: ClientLog): Kafka => {
  registerCodecs()
  quietenRequestQueue()
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECT_WITHIN,
    requestTimeout: ANSWER_WITHIN,
    retry: RETRY,
    logLevel: kafkajs.logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log: { message, ...rest } }) =>
        log({ namespace, message, error: textOf(rest['error']) }),
  })
}

const textOf = (error: unknown): string | undefined => {
  if (error instanceof Error) return error.message
  return typeof error === 'string' ? error : undefined
}

/** The protocol's name of an error, such as REBALANCE_IN_PROGRESS; kafkajs wraps errors into one another. */
export const errorType = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  if ('type' in error && typeof error.type === 'string') return error.type
  return errorType(error.cause)
}

/** An error for people, with its name in the protocol where it has one. */
export const sentenceOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  const type = errorType(error)
  return type === undefined ? message : `${message} (${type})`
}
