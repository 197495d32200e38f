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
  ask<Status>(settings, '/api/v1/status')
export const askPlan = (settings: Settings): Promise<Remote<Plan>> => ask<Plan>(settings, '/api/v1/plan')

async function ask<T>(settings: Settings, path: string): Promise<Remote<T>> {
  const url = urlOf(settings)
  try {
    const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(DEADLINE) })
    if (!answer.ok) return { kind: 'silent', detail: `${url} answers ${answer.status}` }
    return { kind: 'answer', value: (await answer.json()) as T }
  } catch {
    return { kind: 'silent', detail: `no controller answers at ${url}` }
  }
}
