import { z } from 'zod'
import type { Answer, ConnectDeps } from './api.ts'
import { type FreshToken, freshOf, isSendable, noToken, type TokenSource } from './tokens.ts'

const path = '/computeMetadata/v1/instance/service-accounts/default/token'
const shape = z.object({ access_token: z.string(), expires_in: z.number().positive() })

/** Ms; the service is on the same machine. */
const oneTry = 5_000

/**
 * The token of the service account of the VM that the controller runs on. `url`: of the instance metadata service. One try: the call
 * that needs the token is tried again.
 */
export function metadataToken(url: string, deps: Pick<ConnectDeps, 'fetch'>): TokenSource {
  return async (signal) => {
    try {
      const response = await deps.fetch(`${url.replace(/\/+$/, '')}${path}`, {
        headers: { 'Metadata-Flavor': 'Google' },
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(oneTry)]),
      })
      return await read(url, response)
    } catch {
      return unreachable(url, 'gives no answer')
    }
  }
}

async function read(url: string, response: Response): Promise<Answer<FreshToken>> {
  if (response.status === 404)
    return noToken(
      `the metadata service ${url} has no token: give the VM of the controller a service account that may manage VMs`,
    )
  if (!response.ok) return unreachable(url, `answers ${response.status}`)
  // What it said is not repeated in the error: it may be a token.
  const body = shape.safeParse(await response.json().catch(() => undefined))
  if (!body.success || !isSendable(body.data.access_token))
    return unreachable(url, 'answers something that is not a token')
  const validFor = body.data.expires_in * 1_000
  return {
    kind: 'answer',
    value: { text: body.data.access_token, freshFor: freshOf(validFor), validFor },
  }
}

function unreachable(url: string, what: string): Answer<never> {
  const remedy = 'on a machine outside of the cloud use auth.keyFile'
  return { kind: 'failed', code: 'transient', detail: `the metadata service ${url} ${what}: ${remedy}` }
}
