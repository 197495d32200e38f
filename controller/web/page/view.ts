import { type Frame, frameOf } from '../api/sse.ts'
import { gzipStream } from './packing.ts'
import { advance, changesSince, type Snapshot } from './view/changes.ts'
import type { List } from './view/part.ts'

/** A page that lives: it is rendered once a tick for all who watch it, and they are sent what has changed. */
export interface View {
  /** Renders it anew if there has been a tick since. */
  refresh(): Snapshot | undefined
  /** What names the present version, also across restarts of the controller. */
  version(): string
  /** What somebody has to be told who knows the version `since`; undefined when that is nothing. */
  next(since: string | undefined, isPacked: boolean): Frame | undefined
}

/** What is rendered, and of which tick (epoch ms). */
export interface Rendered {
  at: number
  lists: readonly List[]
}

/** So many different steps from an old version to the present one are kept made, for viewers who share them. */
const KEPT = 8

/** `boot`: a word that no other start of the controller has. `tick`: changes whenever there is something new to be rendered. */
export function createView(boot: string, tick: () => number, render: () => Rendered | undefined): View {
  let snapshot: Snapshot | undefined
  let rendered = { tick: -1, at: 0 }
  let frames = new Map<string, Frame>()
  // The time of a tick is told also when nothing else has changed: its silence would be an alarm.
  let beats = 0

  function refresh(): Snapshot | undefined {
    const now = tick()
    if (now === rendered.tick) return snapshot
    const made = render()
    if (made === undefined) return snapshot
    if (made.at !== rendered.at) beats++
    rendered = { tick: now, at: made.at }
    snapshot = advance(snapshot, made.lists)
    frames = new Map()
    return snapshot
  }

  const version = (): string => `${boot}.${snapshot?.version ?? 0}.${beats}`

  /** The version of the page that somebody knows; 0 for one of another start. */
  const known = (since: string | undefined): number => {
    const [of, number] = (since ?? '').split('.')
    return of === boot ? Number(number) || 0 : 0
  }

  return {
    refresh,
    version,
    next(since, isPacked) {
      const now = refresh()
      if (now === undefined || since === version()) return undefined
      const from = known(since)
      const key = `${from} ${isPacked}`
      const made = frames.get(key) ?? frameFor(now, from, isPacked)
      if (frames.size < KEPT) frames.set(key, made)
      return made
    },
  }

  function frameFor(now: Snapshot, from: number, isPacked: boolean): Frame {
    const { parts, lists } = changesSince(now, from)
    const frame = frameOf('change', version(), JSON.stringify({ at: rendered.at, parts, lists }))
    return isPacked ? { ...frame, bytes: gzipStream.pack(frame.bytes) } : frame
  }
}
