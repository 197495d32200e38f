import type { Settings } from '../settings.ts'
import type { Plan } from '../web/plan.ts'
import type { Status } from '../web/status.ts'

/** What a running controller answers, or why none does. */
export type Remote<T> = { kind: 'answer'; value: T } | { kind: 'silent'; detail: string }

const DEADLINE = 5_000

/** Where the controller of these settings serves; a wildcard address is asked on loopback. */
export function urlOf({ server }: Settings): string {
  const { host, port } = server.listen
  const reach = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reach.includes(':') ? `[${reach}]` : reach}:${port}`
}

export const askStatus = (settings: Settings): Promise<Remote<Status>> =>
  ask<Status>(settings, '/api/v1/status', 'workloads')
export const askPlan = (settings: Settings): Promise<Remote<Plan>> =>
  ask<Plan>(settings, '/api/v1/plan', 'decisions')

/** `mark`: a key that tells the answer of a controller from that of whoever else may listen there. */
async function ask<T>(settings: Settings, path: string, mark: string): Promise<Remote<T>> {
  const url = urlOf(settings)
  try {
    const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(DEADLINE) })
    const value: unknown = await answer.json().catch(() => undefined)
    if (answer.ok && hasKey(value, mark)) return { kind: 'answer', value: value as T }
    if (answer.ok) return { kind: 'silent', detail: `what answers at ${url} is no controller` }
    return { kind: 'silent', detail: `${url} answers ${answer.status}${reasonIn(value)}` }
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    const how = late ? ` within ${DEADLINE / 1000} s, though something listens there` : ''
    return { kind: 'silent', detail: `no controller answers at ${url}${how}` }
  }
}

const hasKey = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && key in value

function reasonIn(value: unknown): string {
  const told = typeof value === 'object' && value !== null && 'detail' in value ? value.detail : undefined
  return typeof told === 'string' ? `: ${told}` : ''
}
