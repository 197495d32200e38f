import { plain } from '../terminal/plain.ts'
import type { Status } from '../web/status.ts'
import { stampOf } from '../web/times.ts'
import { type FeedDeps, type FeedEvent, follow } from './feed.ts'
import { newsOf } from './news.ts'
import { onlyOf } from './only.ts'
import type { Ending, Wish } from './session.ts'

export interface LogDeps extends FeedDeps {
  out(line: string): void
  err(line: string): void
  zone: string
}

/** How statuses are printed where nobody looks at a screen: what is new, or the whole of each as JSON. */
export type Form = 'news' | 'json'

/** Prints what changes, a line each, until `stopped`. That nobody answers is told once on standard error, and once that it is over. */
export async function logging(
  { controller, workload }: Wish,
  form: Form,
  deps: LogDeps,
  stopped: AbortSignal,
): Promise<Ending> {
  const quit = new AbortController()
  let ending: Ending = { kind: 'left' }
  let before: Status | undefined
  let isLost = false

  function lost(detail: string): void {
    if (!isLost) deps.err(`${stampOf(deps.now(), deps.zone)} ${plain(detail)}; it is tried again`)
    isLost = true
  }

  function tell(event: FeedEvent): void {
    if (event.kind === 'lost') {
      lost(event.detail)
      return
    }
    if (isLost) deps.err(`${stampOf(deps.now(), deps.zone)} the controller at ${controller.url} answers`)
    isLost = false
    const only = onlyOf(event.status, workload)
    if (only.kind === 'unknown') {
      ending = only
      quit.abort()
      return
    }
    // Of polls several see the same tick.
    if (form === 'news') newsLines(before, only.status, deps.zone).forEach(deps.out)
    else if (before?.at !== only.status.at) deps.out(JSON.stringify(only.status))
    before = only.status
  }

  const ended = AbortSignal.any([stopped, quit.signal])
  await follow(controller, deps, { tell, stopped: ended, hurried: () => ended })
  return ending
}

const newsLines = (before: Status | undefined, after: Status, zone: string): string[] =>
  newsOf(before, after).map(({ at, text }) => `${stampOf(at, zone)} ${plain(text)}`)
