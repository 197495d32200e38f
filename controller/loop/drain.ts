import type { Outcome } from '../providers/provider.ts'
import type { AskToDrain } from './deps.ts'

/** POST /drain with the instance's own secret. Any 2xx is an acknowledgement. */
export function createAskToDrain(ask: typeof fetch): AskToDrain {
  return async ({ address, port, path, token }, signal): Promise<Outcome> => {
    try {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await ask(`http://${address}:${port}${path}`, {
        method: 'POST',
        headers,
        signal,
        redirect: 'manual',
      })
      await answer.body?.cancel()
      if (answer.ok) return { kind: 'done' }
      return { kind: 'unknown', detail: `${path} answers ${answer.status}` }
    } catch (error) {
      return { kind: 'unknown', detail: error instanceof Error ? error.message : String(error) }
    }
  }
}
