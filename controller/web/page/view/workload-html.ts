import { figure } from '../../../decision/words.ts'
import { chartSvg } from './chart-svg.ts'
import { type Html, html } from './html.ts'
import { idOf, pathOf } from './names.ts'
import { type Item, itemOf, type Place } from './part.ts'
import { sizeBarHtml } from './size-bar.ts'
import type { RuleCard, WorkloadCard } from './workload-card.ts'

/** A workload in the list. Its charts are a part of their own, since they change once a minute and the rest with each tick. */
export function workloadItem(card: WorkloadCard, bands: readonly string[]): Item {
  const { workload } = card
  return itemOf(idOf('w', workload), (place) => workloadRow(card, bands, place))
}

function workloadRow(card: WorkloadCard, bands: readonly string[], place: Place): Html {
  const { workload, pool, rules } = card
  const id = idOf('w', workload)
  return html`<li id="${id}" class="workload" data-name="${workload}"><div class="who"><h3><a href="${pathOf(workload)}">${workload}</a></h3><span class="dim">pool ${pool}</span></div>${place.part(
    `${id}-size`,
    sizeHtml(card),
  )}${place.part(`${id}-said`, saidHtml(card))}<div class="rules">${place.part(
    `${id}-now`,
    html`<ul id="${id}-now" class="now">${rules.map((rule, i) => ruleNow(rule, bands[i] ?? ''))}</ul>`,
  )}${place.part(`${id}-charts`, html`<div id="${id}-charts" class="charts">${rules.map(({ chart }) => chartSvg(chart))}</div>`)}</div>${place.part(`${id}-acts`, actsHtml(card))}</li>`
}

export function sizeHtml({ workload, bar, size, mood }: WorkloadCard): Html {
  const { granted, min, max } = bar
  return html`<div id="${idOf('w', workload)}-size" class="size" data-size="${granted}" data-min="${min}" data-max="${max}" data-mood="${mood}">${sizeBarHtml(bar, size)}<span><b>${granted}</b> of ${min} to ${max}</span><span class="dim">${size.slice(size.indexOf(':') + 2)}</span></div>`
}

export function saidHtml({ workload, sentence, schedule, alarms, hand }: WorkloadCard): Html {
  return html`<div id="${idOf('w', workload)}-said" class="said">${alarms.map(
    (text) => html`<p class="alarm"><b class="mark">!</b> ${text}</p>`,
  )}<p>${sentence}</p>${hand.map((text) => html`<p class="hand">${text}</p>`)}${schedule !== undefined && html`<p class="dim">${schedule}</p>`}</div>`
}

const marks: Record<RuleCard['state'], { mark: string; says: string }> = {
  over: { mark: '▲', says: 'above its band' },
  under: { mark: '▼', says: 'below its band' },
  inside: { mark: '=', says: 'inside its band' },
  unbound: { mark: '·', says: 'without a band' },
  missing: { mark: '?', says: 'missing' },
}

const ruleNow = ({ name, now, state }: RuleCard, band: string): Html =>
  html`<li class="rule is-${state}"><b class="mark" title="${marks[state].says}">${marks[state].mark}</b> <b>${name}</b> ${now} <span class="dim">${band}</span></li>`

/** "band 30 to 70" */
export function bandWords({ above, below }: { above?: number; below?: number }): string {
  if (above !== undefined && below !== undefined) return `band ${figure(below)} to ${figure(above)}`
  if (above !== undefined) return `up to ${figure(above)}`
  return below === undefined ? '' : `from ${figure(below)}`
}

/** What an operator can say of a workload; only shown where there is a script to say it. */
export function actsHtml({ workload, isHeld, bar }: WorkloadCard): Html {
  const { granted, min, max } = bar
  const act = (what: string, label: string, says: string): Html =>
    html`<button type="button" data-do="${what}" data-on="${workload}" aria-label="${says} ${workload}">${label}</button>`
  return html`<div id="${idOf('w', workload)}-acts" class="acts">${
    isHeld ? act('resume', 'Resume', 'Take back all overrides of') : act('pause', 'Pause', 'Pause')
  }${act('pin', 'Pin', 'Pin a size of')}${granted > min && act('less', '−1', 'One fewer of')}${granted < max && act('more', '+1', 'One more of')}</div>`
}
