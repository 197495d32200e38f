import type { FeedEvent } from './feed.ts'
import type { Key } from './keys.ts'
import { newsOf } from './news.ts'
import type { News, Scene } from './scene.ts'

/** What a watcher knows and looks at. `ahead`: the controller's clock against ours, in ms. */
export type Watched = Pick<Scene, 'link' | 'status' | 'recent' | 'chosen' | 'mode' | 'detail' | 'top'> & {
  ahead: number
  /** Where help was asked for. */
  behind: 'list' | 'workload'
}

/** What a key asks for that is not done by looking elsewhere. */
export type Act = 'quit' | 'explain' | 'refresh' | 'suspend'

const MOST_NEWS = 200

export const blank: Watched = {
  link: { kind: 'connecting' },
  recent: [],
  mode: 'list',
  behind: 'list',
  detail: [],
  ahead: 0,
}

/** Takes in what came of following; `now` is epoch ms by our clock. */
export function taken(state: Watched, event: FeedEvent, now: number): Watched {
  if (event.kind === 'lost') {
    const since = state.link.kind === 'lost' ? state.link.since : now + state.ahead
    return { ...state, link: { kind: 'lost', since, detail: event.detail } }
  }
  const { status, ahead } = event
  const recent = [...state.recent, ...newsOf(state.status, status)].slice(-MOST_NEWS)
  const names = status.workloads.map(({ workload }) => workload)
  const chosen = state.chosen !== undefined && names.includes(state.chosen) ? state.chosen : names[0]
  const { chosen: _former, ...rest } = state
  return { ...rest, status, ahead, recent, link: { kind: 'live' }, ...(chosen !== undefined && { chosen }) }
}

/** News of one workload alone, and of what is about all. */
export const about = (news: readonly News[], workload: string | undefined): News[] =>
  news.filter((one) => workload === undefined || one.workload === undefined || one.workload === workload)

/** What is on the screen: its first line of the middle, how far down that may be, and how many lines a page has. */
export interface Shown {
  top: number
  lowest: number
  page: number
}

/** What a key changes, and what it asks for. */
export function pressed(state: Watched, key: Key, shown: Shown): { state: Watched; act?: Act } {
  if (key === 'quit' || key === 'refresh' || key === 'suspend') return { state, act: key }
  if (key === 'help') return { state: helped(state) }
  if (key === 'escape') return { state: back(state) }
  if (key === 'enter') {
    if (state.mode !== 'list' || state.chosen === undefined) return { state: back(state) }
    const { top: _top, ...rest } = state
    return { state: { ...rest, mode: 'workload', detail: ['asking ...'] }, act: 'explain' }
  }
  if (state.mode === 'list' && (key === 'up' || key === 'down'))
    return { state: moved(state, key === 'up' ? -1 : 1) }
  return { state: { ...state, top: scrolled(key, shown) } }
}

const helped = (state: Watched): Watched =>
  state.mode === 'help' ? back(state) : { ...state, mode: 'help', behind: state.mode, top: 0 }

function back(state: Watched): Watched {
  const { top: _top, ...rest } = state
  return { ...rest, mode: state.mode === 'help' ? state.behind : 'list' }
}

function moved(state: Watched, by: number): Watched {
  const names = state.status?.workloads.map(({ workload }) => workload) ?? []
  const at = Math.max(0, names.indexOf(state.chosen ?? ''))
  const chosen = names[Math.max(0, Math.min(names.length - 1, at + by))]
  const { top: _top, ...rest } = state
  return chosen === undefined ? rest : { ...rest, chosen }
}

function scrolled(
  key: Exclude<Key, 'quit' | 'refresh' | 'suspend' | 'help' | 'escape' | 'enter'>,
  shown: Shown,
): number {
  const { top, lowest, page } = shown
  const steps = { up: -1, down: 1, 'page-up': -page, 'page-down': page, home: -top, end: lowest }
  return Math.max(0, Math.min(lowest, top + steps[key]))
}
