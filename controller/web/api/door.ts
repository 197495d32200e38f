import { createPenalty, type Penalty } from './penalty.ts'
import { createSessions, type Sessions } from './sessions.ts'

/** Who may come in, and how. There is one for all routes, so that its bounds hold for all of them together. */
export interface Door {
  /** The token that changes have to carry; undefined: there is none, so that nobody may change anything. */
  token(): Promise<string | undefined>
  /** Whether reading needs it too. */
  reads: 'open' | 'token'
  /** Names, besides that of the request, that pages of ours are reached by. */
  names: readonly string[]
  penalty: Penalty
  sessions: Sessions
  /** What the cookie of a session is called. Cookies are shared by all ports of a host, so each has its own. */
  cookie: string
  /** Whether the cookie only goes over TLS. */
  isSecure: boolean
}

export interface DoorDeps {
  token(): Promise<string | undefined>
  reads: 'open' | 'token'
  names?: readonly string[]
  port?: number
  isSecure?: boolean
  sleep(ms: number): Promise<void>
  /** Epoch ms. */
  now(): number
  /** A fresh secret. */
  secret(): string
}

export function createDoor({
  token,
  reads,
  names = [],
  port = 0,
  isSecure = false,
  sleep,
  now,
  secret,
}: DoorDeps): Door {
  const sessions = createSessions({ now, secret })
  const cookie = `capuchin_session_${port}`
  return { token, reads, names, penalty: createPenalty(sleep), sessions, cookie, isSecure }
}
