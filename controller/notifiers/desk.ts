import { resolve } from 'node:path'
import type { Outside } from '../outside.ts'
import type { Kept } from '../sources/source.ts'
import type { Status } from '../web/status.ts'
import { conditionsOf } from './conditions.ts'
import { happeningsBetween } from './happenings.ts'
import type { NotifierSetting } from './index.ts'
import type { Happening } from './notice.ts'
import { type Outlet, type OutletDeps, openOutlet } from './outlet.ts'
import { createTracker, type Standing } from './standing.ts'
import { type Memory, readMemory, shapeOf, writeMemory } from './told.ts'

/** What the desk that notifies is made of. */
export interface DeskDeps extends Omit<OutletDeps, 'changed'> {
  controller: string
  /** Where the controller shows its status. */
  url: string
  /** By name, as the settings have them. */
  notifiers: ReadonlyMap<string, NotifierSetting>
  /** Where the settings file lies: paths of notifiers count from here. */
  folder: string
  /** Where what was told is remembered; absent: nowhere. */
  kept?: Kept
  /** Ms between two ticks. */
  tickEvery: number
  status(): Status | undefined
  /** Why the loop is not well; undefined when it is. */
  illness(): string | undefined
  outside: Pick<Outside, 'files' | 'every'>
}

/** Tells operators what they want to be told. Nothing here blocks or fails the loop. */
export interface Desk {
  /** A tick has ended. */
  ticked(): void
  happened(what: Pick<Happening, 'kind' | 'severity' | 'text'>): void
  /** Sends what is left, for at most so many ms. */
  close(): Promise<void>
}

/** How often it looks, ms: also between ticks, since a loop that is stuck has none. */
const BEAT = 1_000
const CLOSE_WITHIN = 5_000
/** What is gone for so many ticks is over. After a start it takes more, since not everything is measured at once. */
const SETTLED = 2
const SETTLED_AT_START = 8
/** Who starts again so soon (ms) says it once. */
const STARTED_AGAIN = 60_000

export async function openDesk(deps: DeskDeps): Promise<Desk> {
  const { notifiers, kept, outside, tickEvery, log } = deps
  if (notifiers.size === 0) return idle
  const { memory, fault } = readMemory(await kept?.load())
  if (fault !== undefined) log.warn({ detail: fault }, 'What was told before is not known')
  const tracker = createTracker(known(memory))
  const outlets = outletsOf(deps, memory, () => save())
  const began = deps.elapsed()
  let seen: Status | undefined
  let isTicked = false
  let happened: Happening[] = []
  let started = memory.started
  let saving: Promise<void> = Promise.resolve()
  let shape = ''
  let isKept = true

  function save(): void {
    const present = shapeOf(remembered())
    if (kept === undefined || present === shape) return
    shape = present
    saving = kept.save(() => writeMemory(remembered())).then(saved)
  }

  function saved(failed: string | undefined): void {
    if (failed !== undefined && isKept) log.warn({ detail: failed }, 'What was told cannot be remembered')
    isKept = failed === undefined
    if (!isKept) shape = ''
  }

  function remembered(): Memory {
    const each = [...outlets].map(([name, outlet]) => [name, outlet.memory()] as const)
    return {
      standing: tracker.all(),
      outlets: Object.fromEntries(each),
      ...(started !== undefined && { started }),
    }
  }

  function look(): void {
    const now = deps.now()
    if (isTicked) takeStatus()
    const illness = deps.illness()
    const conditions = conditionsOf({
      now,
      ...(seen && { status: seen }),
      ...(illness !== undefined && { illness }),
    })
    const ticks = deps.elapsed() - began < SETTLED_AT_START * tickEvery ? SETTLED_AT_START : SETTLED
    const over = tracker.look(conditions, now, ticks * tickEvery, seen !== undefined)
    const news = { standing: tracker.standing(now), over, happened }
    happened = []
    for (const outlet of outlets.values()) {
      outlet.take(news)
      outlet.pump()
    }
    save()
  }

  function takeStatus(): void {
    isTicked = false
    const status = deps.status()
    if (status === undefined) return
    happened.push(...happeningsBetween(seen, status))
    seen = status
  }

  /** Notifying must not end the controller. */
  function beat(): void {
    try {
      look()
    } catch (error) {
      log.warn({ err: error }, 'Notifying failed')
    }
  }

  const stop = outside.every(BEAT, beat)
  const tell: Desk['happened'] = ({ kind, severity, text }) => {
    happened.push({ event: 'controller', kind, severity, subject: {}, text, at: deps.now() })
  }
  if (started === undefined || deps.now() - started >= STARTED_AGAIN) {
    tell({ kind: 'started', severity: 'info', text: 'the controller has started' })
    started = deps.now()
  }

  return {
    ticked() {
      isTicked = true
      beat()
    },
    happened(what) {
      tell(what)
      beat()
    },
    async close() {
      stop()
      tell({ kind: 'stopped', severity: 'info', text: 'the controller has stopped; its hosts go on' })
      beat()
      const flushed = Promise.all([...outlets.values()].map((outlet) => outlet.flush()))
      await Promise.race([flushed, aborted(deps.within(CLOSE_WITHIN))])
      save()
      await saving
      for (const outlet of outlets.values()) outlet.close()
    },
  }
}

const idle: Desk = { ticked() {}, happened() {}, async close() {} }

/** All that lasted when it was last written down; what somebody was told is among it, whatever else was lost. */
function known({ standing, outlets }: Memory): Standing[] {
  const told = Object.values(outlets).flatMap((one) =>
    one.told.map(({ toldAt: _at, isUnheard: _unheard, ...rest }) => rest),
  )
  return [...told, ...standing]
}

function outletsOf(deps: DeskDeps, memory: Memory, changed: () => void): Map<string, Outlet> {
  const { notifiers, controller, url, folder, outside, now } = deps
  const readFile = (path: string): string => outside.files.read(resolve(folder, path))
  return new Map(
    [...notifiers].map(([name, { common, repeat, open }]) => {
      const notifier = open({ now, readFile })
      const parts = { name, controller, url, settings: common, repeat, notifier, known: memory.outlets[name] }
      return [name, openOutlet(parts, { ...deps, changed })]
    }),
  )
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
