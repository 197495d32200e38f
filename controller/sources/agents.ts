import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

const MOST_SOCKETS = 16

/** What the library makes its connections with. */
export interface Agents {
  httpAgent: HttpAgent
  httpsAgent: HttpsAgent
}

/** Connections are kept open between ticks. A certificate authority that changes on disk gets new ones. */
export function agentPool(): { of(ca: string | undefined): Agents; close(): void } {
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS }
  const httpAgent = new HttpAgent(options)
  let trusted: string | undefined
  let httpsAgent = new HttpsAgent(options)
  return {
    of(ca) {
      if (ca !== trusted) {
        httpsAgent.destroy()
        httpsAgent = new HttpsAgent(ca === undefined ? options : { ...options, ca })
        trusted = ca
      }
      return { httpAgent, httpsAgent }
    },
    close() {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}
