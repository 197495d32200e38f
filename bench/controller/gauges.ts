import { subscribe } from 'node:diagnostics_channel'

/** Ms since the process began. */
export const started = (): number => performance.now()

/** Ms of processor that this process has used. */
export function cpuSinceStart(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Counts the HTTP requests that this process sends. */
export function countRequests(): { taken(): number } {
  let count = 0
  subscribe('http.client.request.start', () => {
    count++
  })
  return {
    taken() {
      const taken = count
      count = 0
      return taken
    },
  }
}

/** The time of a tick by its parts: what a mark names ends there, last mark of a name first. */
export function phases(elapsed: () => number): {
  begin(): void
  mark(name: string): void
  taken(): Record<string, number>
} {
  const marks = new Map<string, number>()
  let began = 0
  return {
    begin() {
      marks.clear()
      began = elapsed()
    },
    mark(name) {
      marks.delete(name)
      marks.set(name, elapsed())
    },
    taken() {
      const parts: Record<string, number> = {}
      let from = began
      for (const [name, at] of marks) {
        parts[name] = at - from
        from = at
      }
      return parts
    },
  }
}
