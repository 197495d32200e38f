import type { Controller } from '../../commands/remote.ts'
import { skewOf } from '../../sources/skew.ts'
import type { Status } from '../../web/status.ts'

/** What a controller answers about itself. `ahead`: its clock against ours, ms. */
export interface Asked {
  status?: Status
  detail?: string
  illness?: string
  ahead: number
}

/** Asks a controller how it is. Never rejects. */
export async function askController(
  controller: Controller,
  now: () => number,
  signal: AbortSignal,
): Promise<Asked> {
  const { url, readsByToken } = controller
  const token = readsByToken ? await controller.token?.() : undefined
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const asked: Asked = { ahead: 0 }
  try {
    const sent = now()
    const health = await controller.fetch(`${url}/healthz`, { headers, signal })
    asked.ahead = skewOf(health.headers.get('date') ?? undefined, sent, now()) ?? 0
    const told = detailIn(await health.json().catch(() => undefined))
    if (!health.ok && told !== undefined) asked.illness = told
    const answer = await controller.fetch(`${url}/api/v1/status`, { headers, signal })
    const value: unknown = await answer.json().catch(() => undefined)
    if (answer.ok && isStatus(value)) return { ...asked, status: value }
    return {
      ...asked,
      detail: detailIn(value) ?? `what answers at ${url} is no controller (${answer.status})`,
    }
  } catch {
    return {
      ...asked,
      detail: signal.aborted ? `${url} does not answer in time` : `no controller answers at ${url}`,
    }
  }
}

function detailIn(value: unknown): string | undefined {
  const has = typeof value === 'object' && value !== null && 'detail' in value
  return has && typeof value.detail === 'string' ? value.detail : undefined
}

const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && 'workloads' in value && 'pools' in value
