import { z } from 'zod'
import { type Fault, fault, sayCut } from './fault.ts'

/** Codes by which brokers say why they do not answer: https://kafka.apache.org/protocol.html#protocol_error_codes */
export const codes = {
  unknownTopic: 3,
  noLeader: 5,
  oldLeader: 6,
  loading: 14,
  noCoordinator: 15,
  oldCoordinator: 16,
  topicForbidden: 29,
  groupForbidden: 30,
  clusterForbidden: 31,
  unknownGroup: 69,
} as const

const said: Readonly<Record<number, string>> = {
  [codes.unknownTopic]: 'it does not exist',
  [codes.noLeader]: 'it has no leader: is its broker down?',
  [codes.oldLeader]: 'its leader is changing',
  [codes.loading]: 'its coordinator is still loading',
  [codes.noCoordinator]: 'it has no coordinator: is a broker down?',
  [codes.oldCoordinator]: 'its coordinator is changing',
  [codes.topicForbidden]: 'access is denied: allow Describe on the topic to the user of sasl',
  [codes.groupForbidden]: 'access is denied: allow Describe on the group to the user of sasl',
  [codes.clusterForbidden]: 'access to the cluster is denied to the user of sasl',
}

export const sayCode = (code: number): string => said[code] ?? `Kafka says error ${code}`

const forbidden: ReadonlySet<number> = new Set([
  codes.topicForbidden,
  codes.groupForbidden,
  codes.clusterForbidden,
])

/** What an error code means for a topic or group as a whole. `what`: such as `topic loader`. */
export const faultOfCode = (code: number, what: string): Fault =>
  fault(forbidden.has(code) ? 'refused' : 'no-data', `${what}: ${sayCode(code)}`)

export const noTopic = (topic: string): Fault =>
  fault('no-data', `there is no topic ${topic}: is the name right? Topics are not made by asking`)

export const noGroup = (group: string): Fault =>
  fault(
    'no-data',
    `there is no group ${group}: nobody is in it, and it has committed nothing; is the name right, does it run?`,
  )

/** Errors nest: the reason is at the bottom. Nothing but names, codes and messages is looked at, since options hold secrets. */
const Failure = z.object({
  name: z.string().default(''),
  code: z.string().default(''),
  message: z.string().default(''),
  cause: z.unknown().optional(),
  errors: z.array(z.unknown()).default([]),
})

type Told = Omit<z.output<typeof Failure>, 'cause' | 'errors'>

function chainOf(failure: unknown): Told[] {
  const chain: Told[] = []
  let next = failure
  while (next !== undefined && chain.length < 10) {
    const { data } = Failure.safeParse(next)
    if (data === undefined) break
    chain.push(data)
    next = data.cause ?? data.errors[0]
  }
  return chain
}

/** What it means that a whole look failed. `where`: such as `kafka at 127.0.0.1:9092`. */
export function faultOfLook(failure: unknown, where: string, timeout: number): Fault {
  const chain = chainOf(failure)
  const all = chain.map(({ name, code, message }) => `${name} ${code} ${message}`).join(' ')
  if (/AUTHENTICATION|SASL/i.test(all)) {
    return fault(
      'refused',
      `${where} does not let us in: check sasl of the source, its mechanism and password`,
    )
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(all)) {
    return fault('unreachable', `${where} has a certificate that is not trusted: set ca of the source`)
  }
  if (/TLS|ERR_SSL|EPROTO/.test(all)) {
    return fault('unreachable', `${where} and we do not agree on TLS: is ssl of the source right?`)
  }
  if (/TIMEOUT|timed out/i.test(all)) return lateFault(where, timeout)
  if (all.includes('ECONNREFUSED')) {
    return fault(
      'unreachable',
      `${where} refuses connections (ECONNREFUSED): is it running, are brokers of the source right?`,
    )
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(all)) {
    return fault(
      'unreachable',
      `${where} has a host name that does not resolve: are brokers of the source right?`,
    )
  }
  const deepest = chain.at(-1)?.message ?? ''
  if (chain.some(({ code }) => code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')) {
    return fault('refused', `${where} is not asked, since a file of its settings cannot be read: ${deepest}`)
  }
  return fault(
    'unreachable',
    `${where} cannot be asked${sayCut(deepest === '' ? 'no reason given' : deepest)}`,
  )
}

export const lateFault = (where: string, timeout: number): Fault =>
  fault('timeout', `${where} did not answer within ${timeout} ms: is it overloaded or stuck?`)
