import { dialogs } from './dialog.ts'
import { documentHtml } from './document.ts'
import { type Html, html } from './html.ts'
import type { Overview } from './overview.ts'
import { listHtml } from './part.ts'
import { legend } from './pool-html.ts'
import { type Pulse, pulseHtml } from './pulse.ts'

/** What a page says besides its lists. `live`: where its changes come from, from `version` on; absent for a page that stands still. */
export interface PageHead {
  controller: string
  epoch: number
  pulse: Pulse
  live?: { path: string; version: string }
  assets: string
}

/** The status page as a whole document. */
export function statusPage(overview: Overview, head: PageHead): Html {
  const { tally, alarms, hand, workloads, pools, events, money } = overview
  const main = html`<main id="main"><section class="alarms" aria-labelledby="alarms-title"><h2 id="alarms-title">Alarms</h2><ul id="alarms">${listHtml(alarms)}</ul><p class="none">No alarms: everything is as it should be.</p></section>
<section aria-labelledby="hand-title"><div class="bar-head"><h2 id="hand-title">By hand</h2><div class="acts"><button type="button" data-do="pause-all" data-on="">Pause everything</button></div></div><ul id="hand">${listHtml(hand)}</ul><p class="none">No overrides: the rules decide.</p></section>
<section aria-labelledby="workloads-title"><div class="bar-head"><h2 id="workloads-title">Workloads</h2><label class="find">Find <input id="find" type="search" autocomplete="off" placeholder="name, alarm, hand or moving"></label></div>${keyOfBars}<ul id="workloads">${listHtml(workloads)}</ul><p class="none">No workload has been decided on yet.</p></section>
<section aria-labelledby="pools-title"><div class="bar-head"><h2 id="pools-title">Hosts and slots</h2></div>${legend}<ul id="pools">${listHtml(pools)}</ul></section>
<section aria-labelledby="events-title"><h2 id="events-title">Last decisions and steps</h2><ol id="events">${listHtml(events)}</ol><p class="none">Nothing has been changed in the last hour, as far as this controller knows.</p></section>
<section aria-labelledby="money-title"><h2 id="money-title">Money</h2><div class="wide"><table><thead><tr><th scope="col">Pool</th><th scope="col">Hosts paid for</th><th scope="col">An hour</th><th scope="col">This month</th><th scope="col">of it idle</th></tr></thead><tbody id="money">${listHtml(money)}</tbody></table><p class="none">No pool has a price (pricePerHour).</p></div></section></main>`
  return framed(
    `${head.controller} · Capuchin`,
    html`<ul id="tally" class="tally">${listHtml(tally)}</ul>`,
    main,
    head,
  )
}

const keyOfBars: Html = html`<p class="legend dim"><span><i class="key is-ready"></i> ready</span> <span><i class="key is-starting"></i> starting</span> <span><b>│</b> granted</span> <span><b>▼</b> wanted</span> <span>lines below: min, max</span> <span><i class="key is-band"></i> inside the band</span> <span><i class="key is-gap"></i> no reading</span> <span>charts: the last hour</span> <span>times: UTC</span></p>`

/** Header, what is told loudly when it happens, the content, and the dialogs. */
export function framed(title: string, top: Html, main: Html, head: PageHead): Html {
  const { controller, epoch, pulse, live, assets } = head
  const body = html`<header><div class="brand"><h1><a href="/">Capuchin <b>${controller}</b></a></h1><span class="dim">epoch ${epoch}</span></div>${pulseHtml(pulse)}<p id="link" role="status"></p>${top}<nav aria-label="Pages"><a href="/">Status</a><a href="/plan" title="What would it do now?">Plan</a><a href="/metrics">Metrics</a></nav></header><p id="silence" role="alert"></p>${main}${dialogs}`
  const seconds = Math.max(5, Math.ceil(pulse.tickEvery / 1000))
  return documentHtml(
    {
      title,
      assets,
      data: live === undefined ? {} : { live: live.path, version: live.version },
      ...(live && { refresh: { seconds } }),
    },
    body,
  )
}
