import type { Status } from '../web/status.ts'
import { type FeedDeps, follow } from './feed.ts'
import { onlyOf } from './only.ts'
import type { Wish } from './session.ts'

/** The first status that comes, or why none does. */
export type Once = { kind: 'status'; status: Status; ahead: number } | { kind: 'none'; detail: string }

/** Asks once. A controller that does not answer is not waited for. */
export async function once(
  { controller, workload }: Wish,
  deps: FeedDeps,
  stopped: AbortSignal,
): Promise<Once> {
  const quit = new AbortController()
  let found: Once = { kind: 'none', detail: 'it was interrupted' }
  const ended = AbortSignal.any([stopped, quit.signal])
  await follow(controller, deps, {
    stopped: ended,
    hurried: () => ended,
    tell(event) {
      if (event.kind === 'lost') found = { kind: 'none', detail: event.detail }
      else {
        const only = onlyOf(event.status, workload)
        found =
          only.kind === 'unknown' ? { kind: 'none', detail: only.detail } : { ...only, ahead: event.ahead }
      }
      quit.abort()
    },
  })
  return found
}
