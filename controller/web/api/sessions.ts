import { createHash } from 'node:crypto'

/**
 * Browsers that have shown the token once, and may read on without it: an EventSource and a link cannot carry one. They are kept in
 * memory alone, are good for reads only, and end with the token they were opened by.
 */
export interface Sessions {
  /** The id of a new one, for a cookie. Of too many the oldest ends. */
  open(token: string): string
  isGood(id: string, tokens: readonly string[]): boolean
  end(id: string): void
}

/** How long one lasts, in ms. */
export const SESSION_LIFE = 12 * 3_600_000

const MOST = 1_000

/** `now` in epoch ms; `secret` makes an id that nobody guesses. */
export function createSessions({ now, secret }: { now(): number; secret(): string }): Sessions {
  // By digest, so that how long looking takes tells nothing of an id.
  const open = new Map<string, { token: string; until: number }>()
  return {
    open(token) {
      const id = secret()
      const [oldest] = open.keys()
      if (oldest !== undefined && open.size >= MOST) open.delete(oldest)
      open.set(digest(id), { token: digest(token), until: now() + SESSION_LIFE })
      return id
    },
    isGood(id, tokens) {
      const found = open.get(digest(id))
      if (found === undefined) return false
      if (found.until > now()) return tokens.some((token) => digest(token) === found.token)
      open.delete(digest(id))
      return false
    },
    end: (id) => void open.delete(digest(id)),
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64')

/** The value of a cookie in the header of that name. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name && value !== undefined && value !== '') return value
  }
  return undefined
}
