import type { Reason } from './producer.ts'

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const LATE = new Set(['PLT_KFK_TIMEOUT'])
const BROKEN = new Set(['PLT_KFK_NETWORK', 'PLT_KFK_UNEXPECTED_CORRELATION_ID'])

/** The client nests its errors: several of one operation in one, and each with its cause. All of them, outermost first. */
const chain = (error: unknown): readonly Error[] => {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : []
  return [error, ...[...inner, error.cause].flatMap(chain)]
}

const textOf = (error: Error, key: 'code' | 'apiId'): string => {
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : ''
}

/** The kind of a failure, and a sentence for the log: the innermost error is the one that says something. */
export const explain = (error: unknown): { reason: Reason; why: string } => {
  const errors = chain(error)
  const innermost = errors.findLast(({ message }) => message !== '')
  return { reason: reasonOf(errors), why: innermost?.message ?? String(error) }
}

const reasonOf = (errors: readonly Error[]): Reason => {
  if (errors.some((error) => TOO_LARGE.has(textOf(error, 'apiId')))) return 'too-large'
  if (errors.some((error) => LATE.has(textOf(error, 'code')))) return 'timeout'
  return errors.some((error) => BROKEN.has(textOf(error, 'code'))) ? 'network' : 'broker'
}

/** The client turns the broker's word for it into a sentence of its own. */
export const isMissingTopic = (error: unknown): boolean =>
  chain(error).some(
    (one) => textOf(one, 'apiId') === 'UNKNOWN_TOPIC_OR_PARTITION' || /^Unknown topic /.test(one.message),
  )
