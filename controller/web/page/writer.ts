import type { Plan } from '../plan.ts'
import type { Shown } from '../reads.ts'
import type { Status } from '../status.ts'
import { type Answer, answerOf } from './answer.ts'
import type { Site } from './site.ts'
import { type Html, textOf } from './view/html.ts'
import { idOf, livePathOf } from './view/names.ts'
import { planPage, signInPage } from './view/other-pages.ts'
import { type PageHead, statusPage } from './view/page.ts'
import { pulseHtml } from './view/pulse.ts'
import { workloadPage } from './view/workload-page.ts'

/** Writes the pages: each once for all who ask for it until something in it changes. Undefined before the first tick has ended. */
export interface Writer {
  site: Site
  status(): Promise<Answer | undefined>
  workload(name: string): Promise<Answer | undefined | 'unknown'>
  plan(): Promise<Answer | undefined>
  signIn(): Answer
}

export interface WriterDeps {
  site: Site
  shown: Pick<Shown, 'plan' | 'illness'>
  /** Where script and style are. */
  assets: string
  /** What the controller calls itself. */
  controller: string
  /** Epoch ms. */
  now(): number
}

const HTML = 'text/html; charset=utf-8'
/** A plan asks every source, so that one is good for as long (ms), for all who ask. */
const PLAN_GOOD_FOR = 5_000
/** So many pages are kept written. */
const PAGES = 60

export function createWriter({ site, shown, assets, controller, now }: WriterDeps): Writer {
  const written = new Map<string, { key: string; answer: Promise<Answer> }>()
  let planned: { at: number; plan: Promise<Plan | undefined> } | undefined

  function headOf(status: Status, live?: PageHead['live']): PageHead {
    const { at, tickEvery, epoch } = status
    const illness = shown.illness()
    const pulse = { at, now: now(), tickEvery, ...(illness !== undefined && { illness }) }
    return { controller: status.controller, epoch, pulse, assets, ...(live && { live }) }
  }

  /** Written anew when what it shows has changed, or how the time since the last tick is told. */
  function once(name: string, head: PageHead, write: () => Promise<Html> | Html): Promise<Answer> {
    const key = `${head.live?.version} ${textOf(pulseHtml(head.pulse))}`
    const known = written.get(name)
    if (known?.key === key) return known.answer
    const answer = (async () => answerOf(HTML, textOf(await write())))()
    // One that failed is tried again by whoever comes next.
    answer.catch(() => written.delete(name))
    written.delete(name)
    written.set(name, { key, answer })
    const [oldest] = written.keys()
    if (oldest !== undefined && written.size > PAGES) written.delete(oldest)
    return answer
  }

  async function status(): Promise<Answer | undefined> {
    await site.recalled()
    const found = site.status()
    const shownNow = site.overview.shown()
    if (found === undefined || shownNow === undefined) return undefined
    const head = headOf(found, { path: '/live', version: site.overview.view.version() })
    return once('/', head, () => statusPage(shownNow, head))
  }

  async function workload(name: string): Promise<Answer | undefined | 'unknown'> {
    await site.recalled()
    const found = site.status()
    if (found === undefined) return undefined
    const seen = site.workload(name)
    const shownNow = seen?.shown()
    if (seen === undefined || shownNow === undefined) return 'unknown'
    const head = headOf(found, { path: livePathOf(name), version: seen.view.version() })
    return once(idOf('w', name), head, async () => workloadPage(name, shownNow, await site.past(name), head))
  }

  async function plan(): Promise<Answer | undefined> {
    const found = site.status()
    if (found === undefined) return undefined
    if (planned === undefined || now() - planned.at > PLAN_GOOD_FOR) {
      const asked = { at: now(), plan: shown.plan() }
      asked.plan.catch(() => {
        planned = undefined
      })
      planned = asked
    }
    const made = await planned.plan
    return made && answerOf(HTML, textOf(planPage(made, headOf(found))))
  }

  const signIn = (): Answer => answerOf(HTML, textOf(signInPage(controller, assets)))

  return { site, status, workload, plan, signIn }
}
