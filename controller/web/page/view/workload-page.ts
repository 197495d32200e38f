import type { Decision } from '../../../decision/decision.ts'
import { duration, plural } from '../../../decision/words.ts'
import type { HistoryEntry } from '../../../history/history.ts'
import type { PoolStatus } from '../../status.ts'
import { type Chart, sizeChart } from './chart-data.ts'
import { chartSvg } from './chart-svg.ts'
import type { Hour } from './hour.ts'
import { type Html, html } from './html.ts'
import { idOf, pathOf } from './names.ts'
import { framed, type PageHead } from './page.ts'
import { itemOf, type List, plainItem } from './part.ts'
import { when, whenBy } from './when.ts'
import { type WorkloadCard, workloadCard } from './workload-card.ts'
import { actsHtml, bandWords, saidHtml, sizeHtml } from './workload-html.ts'

/** What the page of one workload is made from. `next`: what the next step takes, in words. */
export interface WorkloadFacts {
  decision: Decision
  hour: Hour | undefined
  pools: readonly PoolStatus[]
  next: readonly string[]
}

/** The lists of the page of one workload. */
export interface WorkloadView {
  now: List
  charts: List
  next: List
  instances: List
}

export function workloadView({ decision, hour, pools, next }: WorkloadFacts): WorkloadView {
  const card = workloadCard(decision, hour, 'large')
  const { workload } = card
  const id = idOf('w', workload)
  return {
    now: {
      id: 'now',
      items: [
        itemOf(
          'now-1',
          (place) =>
            html`<li id="now-1" class="workload alone" data-name="${workload}">${place.part(`${id}-size`, sizeHtml(card))}${place.part(`${id}-said`, saidHtml(card))}${place.part(`${id}-acts`, actsHtml(card))}</li>`,
        ),
      ],
    },
    charts: {
      id: 'charts',
      items: [...(hour === undefined ? [] : [sizeFigure(hour)]), ...ruleFigures(card, decision, hour)],
    },
    next: {
      id: 'next',
      items: next.map((line, i) => plainItem(`next-${i}`, html`<li id="next-${i}">${line}</li>`)),
    },
    instances: { id: 'instances', items: instancesOf(workload, pools) },
  }
}

function sizeFigure(hour: Hour) {
  const chart = sizeChart(hour)
  const words = 'thin line: granted; thick line: ready; shaded: from min to max'
  return figureItem('chart-size', 'size', words, chart, chartSvg(chart, chart.ready), hour)
}

function ruleFigures({ rules }: WorkloadCard, decision: Decision, hour: Hour | undefined) {
  return rules.map(({ name, now, chart }, i) => {
    const band = decision.rules.find((rule) => rule.name === name)?.band ?? {}
    return figureItem(`chart-${i}`, `${name}: ${now}`, bandWords(band), chart, chartSvg(chart), hour)
  })
}

function figureItem(
  id: string,
  title: string,
  words: string,
  { desc }: Chart,
  svg: Html,
  hour: Hour | undefined,
) {
  const axis =
    hour &&
    html`<span class="axis dim">${when(hour.from)}<span>the last ${duration(hour.width * hour.sizes.length)}</span>${when(hour.from + hour.width * hour.sizes.length)}</span>`
  return plainItem(
    id,
    html`<li id="${id}"><figure><figcaption><b>${title}</b> <span class="dim">${words}</span></figcaption>${svg}${axis}<p class="dim">${desc}</p></figure></li>`,
  )
}

function instancesOf(workload: string, pools: readonly PoolStatus[]) {
  const seen = new Set<string>()
  return pools.flatMap(({ hosts }) =>
    hosts.flatMap(({ host, zone, slots }) =>
      slots.flatMap((slot) => {
        if (slot.state === 'free' || slot.workload !== workload || seen.has(slot.instance)) return []
        seen.add(slot.instance)
        const { instance, state, port, trouble } = slot
        const id = `i-${seen.size}`
        return [
          plainItem(
            id,
            html`<tr id="${id}"><th scope="row">${instance}</th><td>${state}</td><td>${host}</td><td>${zone}</td><td>${port}</td><td>${trouble}</td></tr>`,
          ),
        ]
      }),
    ),
  )
}

/** What was when the page was asked for. `entries`: oldest first; `told`: as `capuchin explain` says it. */
export interface WorkloadPast {
  entries: readonly HistoryEntry[]
  told: readonly string[]
}

/** The page of one workload: its charts, what was decided, and why. `past`: undefined when it could not be read. */
export function workloadPage(
  workload: string,
  { now, charts, next, instances }: WorkloadView,
  past: WorkloadPast | undefined,
  head: PageHead,
): Html {
  const main = html`<main id="main"><section aria-labelledby="name-title"><h2 id="name-title">${workload}</h2><ul id="now" class="plain">${now.items.map((one) => one.html)}</ul></section>
<section aria-labelledby="charts-title"><h2 id="charts-title">The last hour</h2><ul id="charts" class="plain">${charts.items.map((one) => one.html)}</ul></section>
<section aria-labelledby="next-title"><h2 id="next-title">What the next step takes</h2><ul id="next">${next.items.map((one) => one.html)}</ul></section>
<section aria-labelledby="past-title"><h2 id="past-title">Last decisions</h2>${pastHtml(past?.entries, head.pulse.at)}</section>
<section aria-labelledby="instances-title"><h2 id="instances-title">Instances</h2><div class="wide"><table><thead><tr><th scope="col">Instance</th><th scope="col">State</th><th scope="col">Host</th><th scope="col">Zone</th><th scope="col">Port</th><th scope="col">Trouble</th></tr></thead><tbody id="instances">${instances.items.map((one) => one.html)}</tbody></table><p class="none">None runs.</p></div></section>
<section aria-labelledby="told-title"><h2 id="told-title">Explained</h2><p class="dim">As of ${when(head.pulse.at)}, as <code>capuchin explain ${workload}</code> tells it. <a href="${pathOf(workload)}">Ask again</a></p><pre tabindex="0">${(past?.told ?? ['The history could not be read.']).join('\n')}</pre></section></main>`
  return framed(`${workload} · Capuchin`, html``, main, head)
}

function pastHtml(past: readonly HistoryEntry[] | undefined, now: number): Html {
  if (past === undefined) return html`<p>The history could not be read.</p>`
  if (past.length === 0) return html`<p>Nothing is written down of it in the last hours.</p>`
  return html`<ol class="events">${past.toReversed().map((entry) => html`<li>${entryHtml(entry, now)}</li>`)}</ol>`
}

/** A run of decisions with how long it was so; a step with what became of it. */
function entryHtml(entry: HistoryEntry, now: number): Html {
  if (entry.kind === 'bill') return html``
  if (entry.kind === 'outcome')
    return html`${whenBy(entry.at, now)} <span class="kind">${entry.step}</span> <span>${entry.sentence}</span>`
  const { first, last, count, decision } = entry
  const length = count === 1 ? '' : ` (${duration(last - first)}, ${plural(count, 'tick')})`
  return html`${whenBy(first, now)} <span class="kind">${decision.reason}</span> <span>${decision.sentence}<span class="dim">${length}</span></span>`
}
