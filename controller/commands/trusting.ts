import type { IncomingMessage } from 'node:http'
import { request as requestTls } from 'node:https'

/** Whose certificates are trusted beyond, or instead of, those that the system trusts. PEM. */
export interface Trust {
  ca: string
  /** It is the very certificate of the server, whatever names stand in it. */
  isOwn: boolean
}

/** `fetch` for a server whose certificate only this trust vouches for. It follows no redirects and sends texts only. */
export const fetchTrusting =
  (trust: Trust): typeof fetch =>
  async (input, init) => {
    const asked = new Request(input, init)
    if (!asked.url.startsWith('https:')) return fetch(asked)
    const body = asked.body === null ? undefined : await asked.text()
    const answer = await send(asked, body, trust)
    const { statusCode: status = 502, headers } = answer
    const plain = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
    return new Response(hasBody(status) ? ReadableStream.from(answer) : null, { status, headers: plain })
  }

/** Statuses that never have one, which Response insists on. */
const hasBody = (status: number): boolean => ![101, 204, 205, 304].includes(status)

function send({ url, method, headers, signal }: Request, body: string | undefined, trust: Trust) {
  const options = {
    ...{ method, signal, headers: Object.fromEntries(headers), ca: trust.ca },
    // The certificate that we hold in our hands needs nobody to vouch for it, and no name.
    ...(trust.isOwn && { allowPartialTrustChain: true, checkServerIdentity: () => undefined }),
  }
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = requestTls(url, options, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}
