import { readFileSync } from 'node:fs'

/** An instance as the ready list names it. */
export interface Target {
  host: string
  port: number
}

/** The instances that may be sent to, as the list said last. */
export interface Targets {
  /** Reads the list again. */
  refresh(): void
  count(): number
  /** One of them at random, not `last` if there is another; undefined while there is none. */
  pick(random: number, last?: Target): Target | undefined
}

/** `read` answers the list's text; where it throws (no list yet) the former one stays, as a router would keep it. */
export function createTargets(read: () => string): Targets {
  let all: readonly Target[] = []
  return {
    refresh() {
      try {
        all = parseList(read())
      } catch {
        // The next look may find it.
      }
    },
    count: () => all.length,
    pick(random, last) {
      const others = all.filter(({ host, port }) => host !== last?.host || port !== last.port)
      const among = others.length > 0 ? others : all
      return among[Math.floor(random * among.length)]
    },
  }
}

export const readList = (path: string) => (): string => readFileSync(path, 'utf8')

export function parseList(text: string): Target[] {
  return text.split('\n').flatMap((line) => {
    const [, host, digits] = /^\s*([^#\s]+):(\d+)\s*$/.exec(line) ?? []
    return host === undefined ? [] : [{ host, port: Number(digits) }]
  })
}
