import type { Decision } from '../../decision/decision.ts'
import type { Policy } from '../../decision/policy.ts'
import { tickOf } from '../../history/ring/tick.ts'
import type { Live } from '../live.ts'
import type { Shown } from '../reads.ts'
import type { Status } from '../status.ts'
import { workloadFacts, workloadPast } from './facts.ts'
import { createHours } from './hours.ts'
import { createNewspaper } from './news.ts'
import { recall } from './past.ts'
import { type Overview, overviewOf } from './view/overview.ts'
import type { List } from './view/part.ts'
import { type WorkloadPast, type WorkloadView, workloadView } from './view/workload-page.ts'
import { createView, type View } from './view.ts'

/** What the pages are made from. */
export interface SiteDeps {
  shown: Pick<Shown, 'status' | 'history' | 'numbers'> & { live: Live }
  policies(): readonly Policy[]
  /** Epoch ms. */
  now(): number
  /** In ms. */
  tickEvery: number
  sleep(ms: number): Promise<void>
  /** A word that no other start of the controller has. */
  token(): string
}

/** All that pages show, of the last tick. Everything is rendered once a tick, and only what somebody looks at. */
export interface Site {
  /** Undefined before the first tick has ended. */
  status(): Status | undefined
  /** Settles when what was before has been read, or when that has taken as long as somebody likes to wait for a page. */
  recalled(): Promise<void>
  overview: Seen<Overview>
  /** Undefined when there is no such workload. */
  workload(name: string): Seen<WorkloadView> | undefined
  /** What was, as far as it is written down. */
  past(workload: string): Promise<WorkloadPast | undefined>
}

/** A view with what it shows at present. */
export interface Seen<T> {
  view: View
  /** Undefined before the first tick has ended. */
  shown(): T | undefined
}

/** So many workloads are kept rendered. */
const PAGES = 50
/** How long a page waits for what was before, in ms: without it, that comes with the next tick. */
const PATIENCE = 1_500

export function createSite({ shown, policies, now, tickEvery, sleep, token }: SiteDeps): Site {
  const { live } = shown
  const hours = createHours(tickEvery)
  const news = createNewspaper()
  const boot = token().slice(0, 12)
  const pages = new Map<string, Seen<WorkloadView>>()
  let tick = 0
  let kept: { tick: number; status: Status } | undefined
  let recalled: Promise<void> | undefined
  live.onChange(() => {
    tick++
  })
  live.onNews((one) => {
    news.hear(one)
    if (one.kind === 'decision') hours.add([tickOf(one.decision)])
  })

  function statusNow(): Status | undefined {
    if (kept?.tick === tick) return kept.status
    const status = shown.status()
    if (status === undefined) return undefined
    kept = { tick, status }
    hours.tidy(status.at)
    return status
  }

  /** The first who looks has it read what was before. What cannot be read is not shown. */
  async function recallOnce({ workloads }: Status): Promise<void> {
    const names = workloads.map(({ workload }) => workload)
    await recall(shown, names, now(), hours, news).catch(() => {})
    tick++
  }

  function seen<T extends { [K in keyof T]: List }>(make: (status: Status) => T | undefined): Seen<T> {
    let made: T | undefined
    const view = createView(
      boot,
      () => tick,
      () => {
        const status = statusNow()
        const lists = status && make(status)
        if (status === undefined || lists === undefined) return undefined
        made = lists
        return { at: status.at, lists: Object.values<List>(lists) }
      },
    )
    return {
      view,
      shown() {
        view.refresh()
        return made
      },
    }
  }

  const decisionOf = (name: string, status: Status | undefined): Decision | undefined =>
    status?.workloads.find(({ workload }) => workload === name)

  const pageOf = (name: string): Seen<WorkloadView> =>
    seen((status) => {
      const decision = decisionOf(name, status)
      return decision && workloadView(workloadFacts(decision, status, hours, policies()))
    })

  return {
    status: statusNow,
    async recalled() {
      const status = statusNow()
      if (status === undefined) return
      recalled ??= recallOnce(status)
      await Promise.race([recalled, sleep(PATIENCE)])
    },
    overview: seen((status) => {
      const bills = news.bills(status.at)
      return overviewOf({ status, hourOf: (name) => hours.of(name, status.at), events: news.events(), bills })
    }),
    workload(name) {
      if (decisionOf(name, statusNow()) === undefined) return undefined
      const page = pages.get(name) ?? pageOf(name)
      // What was looked at last stands last.
      pages.delete(name)
      pages.set(name, page)
      const [oldest] = pages.keys()
      if (oldest !== undefined && pages.size > PAGES) pages.delete(oldest)
      return page
    },
    async past(name) {
      const decision = decisionOf(name, statusNow())
      return decision && (await workloadPast(decision, shown, policies(), hours.lastOut(name)))
    },
  }
}
