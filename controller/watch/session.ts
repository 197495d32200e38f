import type { Controller } from '../commands/remote.ts'
import type { Hold, Terminal } from '../terminal/terminal.ts'
import { explained } from './explain.ts'
import { type FeedDeps, type FeedEvent, follow } from './feed.ts'
import { type Key, keysOf } from './keys.ts'
import { onlyOf } from './only.ts'
import { ENTER, LEAVE, repaint } from './screen.ts'
import { about, blank, pressed, type Shown, taken, type Watched } from './state.ts'
import { type Frame, frameOf } from './view.ts'

export interface SessionDeps extends FeedDeps {
  terminal: Terminal
  /** Calls `run` at each hang-up until the answered function is called. */
  onHangup(run: () => void): () => void
  zone: string
  colours: boolean
}

/** What is to be seen: all, or one workload. */
export interface Wish {
  controller: Controller
  workload?: string
}

/** How it ended: as somebody wished, or since what was to be seen is not there. */
export type Ending = { kind: 'left' } | { kind: 'unknown'; detail: string }

const SECOND = 1_000

/** Shows a controller in a terminal until somebody quits. The terminal is as before afterwards, whatever happens. */
export async function session(
  { controller, workload }: Wish,
  deps: SessionDeps,
  stopped: AbortSignal,
): Promise<Ending> {
  const { terminal, zone, colours } = deps
  const quit = new AbortController()
  const ended = AbortSignal.any([stopped, quit.signal])
  let hurry = new AbortController()
  let state: Watched = workload === undefined ? blank : { ...blank, mode: 'workload', chosen: workload }
  let ending: Ending = { kind: 'left' }
  let painted: readonly string[] = []
  let shown: Shown = { top: 0, lowest: 0, page: 1 }
  let hold: Hold | undefined

  function paint(): void {
    if (terminal.isBusy() || ended.aborted) return
    const frame: Frame = frameOf({
      ...state,
      ...{ url: controller.url, zone, colours, recent: about(state.recent, workload) },
      ...terminal.size(),
      now: deps.now() + state.ahead,
    })
    shown = { top: frame.top, lowest: frame.lowest, page: Math.max(1, terminal.size().rows - 6) }
    const written = repaint(painted, frame.lines)
    if (written !== '') terminal.write(written)
    painted = frame.lines
  }

  function afresh(): void {
    painted = []
    terminal.write('\x1b[2J')
    paint()
  }

  async function explain(): Promise<void> {
    const { chosen } = state
    if (state.mode !== 'workload' || chosen === undefined) return
    const moment = { now: deps.now() + state.ahead, zone, columns: terminal.size().columns }
    const detail = await explained(controller, chosen, moment)
    if (state.mode !== 'workload' || state.chosen !== chosen) return
    state = { ...state, detail }
    paint()
  }

  function tell(event: FeedEvent): void {
    const seen = event.kind === 'status' ? onlyOf(event.status, workload) : undefined
    if (seen?.kind === 'unknown') {
      ending = seen
      quit.abort()
      return
    }
    state = taken(
      state,
      seen === undefined || event.kind === 'lost' ? event : { ...event, status: seen.status },
      deps.now(),
    )
    paint()
    void explain()
  }

  function press(key: Key): void {
    const { state: next, act } = pressed(state, key, shown)
    state = next
    if (act === 'quit') quit.abort()
    if (act === 'suspend') hold?.suspend()
    if (act === 'explain') void explain()
    if (act === 'refresh') {
      hurry.abort()
      hurry = new AbortController()
      afresh()
      void explain()
    }
    paint()
  }

  const typed = (text: string): void => keysOf(text).forEach(press)
  hold = terminal.hold({ enter: ENTER, leave: LEAVE }, { typed, resized: afresh, returned: afresh })
  const unclock = deps.every(SECOND, paint)
  const unhook = deps.onHangup(() => quit.abort())
  try {
    paint()
    await follow(controller, deps, { tell, stopped: ended, hurried: () => hurry.signal })
  } finally {
    unhook()
    unclock()
    hold.release()
  }
  return ending
}
