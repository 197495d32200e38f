import type { Failure, FailureCode } from './api.ts'

/** The status words of gRPC in the order of their numbers. */
const statuses = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

export type Status = (typeof statuses)[number]

/** What went wrong in the cloud's terms. `LOCAL`: the request never left, and never will as it is. */
export interface Fault {
  status: Status | 'LOCAL'
  words: string
}

/** The status of a number, as in the error of an operation. A number that is none counts as UNKNOWN. */
export function statusOf(code: number): Status {
  return statuses[code] ?? 'UNKNOWN'
}

/**
 * The SDK throws two shapes: one with `code` and `details`, when the error came alone, and one that has only the message
 * "/service/Method STATUS: details", when headers had come before it.
 */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error))
    return { status: 'LOCAL', words: 'something that is not an error was thrown' }
  if (error.name === 'AbortError') return { status: 'CANCELLED', words: 'the wait for the answer was ended' }
  if ('code' in error && typeof error.code === 'number') {
    const words = 'details' in error && typeof error.details === 'string' ? error.details : error.message
    return { status: statusOf(error.code), words }
  }
  const [, name = '', words = ''] = /^\/\S+ ([A-Z_]+): ([\s\S]*)$/.exec(error.message) ?? []
  const status = statuses.find((known) => known === name)
  return status === undefined ? { status: 'LOCAL', words: error.message } : { status, words }
}

const manyOperations = /active operations/i
const noMachines = /not enough (available )?resources|insufficient (capacity|resources)|out of capacity/i
const tooFast = /rate limit|too many requests|request rate|throttl/i
/** A change of somebody else that is under way ends by itself; any other state has to be changed by somebody first. */
const underWay =
  /operation\b.*\b(in progress|under way|running|pending|not (yet )?(finished|completed|done))|(active|another|concurrent|conflicting) operation|\bbeing \w+ed\b|\bis (currently )?(provisioning|starting|stopping|restarting|updating|deleting)\b/i

/** How callers have to act on a fault. The texts are the cloud's own where they are known, see `test/`. */
export function classify({ status, words }: Fault): FailureCode {
  if (noMachines.test(words)) return 'capacity'
  switch (status) {
    case 'RESOURCE_EXHAUSTED':
      if (manyOperations.test(words)) return 'limit'
      return tooFast.test(words) ? 'transient' : 'quota'
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return 'auth'
    case 'NOT_FOUND':
      return 'not-found'
    case 'ALREADY_EXISTS':
      return 'exists'
    case 'FAILED_PRECONDITION':
      return underWay.test(words) ? 'transient' : 'invalid'
    case 'INVALID_ARGUMENT':
    case 'OUT_OF_RANGE':
    case 'UNIMPLEMENTED':
    case 'LOCAL':
      return 'invalid'
    // OK cannot be an error: who says so may have done it.
    case 'OK':
    case 'CANCELLED':
    case 'UNKNOWN':
    case 'DEADLINE_EXCEEDED':
    case 'ABORTED':
    case 'INTERNAL':
    case 'UNAVAILABLE':
    case 'DATA_LOSS':
      return 'transient'
  }
}

/** `what`: what was tried, in words. */
export function failureOf(what: string, fault: Fault, secrets: readonly string[] = []): Failure {
  const said = `${what}: ${fault.status} ${scrub(fault.words, secrets)}`
  const remedy = remedies[fault.status]
  return {
    kind: 'failed',
    code: classify(fault),
    detail: remedy === undefined ? said : `${said} (${remedy})`,
  }
}

/** What only people can put right. */
const remedies: Partial<Record<Fault['status'], string>> = {
  PERMISSION_DENIED: "give the controller's account its roles in this folder, see docs/yandex.md",
  UNAUTHENTICATED: "the cloud does not know the controller's token: check auth of the pool",
}

const longestWords = 500
const tokens = /\bbearer\s+\S+|\bt1\.[\w.=-]+|\beyJ[\w.=-]+|-----BEGIN[\s\S]*?(-----END[^-]*-----|$)/gi

/** Text of others without what must not be seen: the secrets that are known, and whatever looks like a token or a key. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '***')
  // What gRPC says of how it found an address is of no use to anybody, and mostly empty.
  clean = clean
    .replaceAll(tokens, '***')
    .replaceAll(/\s+/g, ' ')
    .replace(/ ?Resolution note:.*$/, '')
    .trim()
  return clean.length <= longestWords ? clean : `${clean.slice(0, longestWords)}...`
}
