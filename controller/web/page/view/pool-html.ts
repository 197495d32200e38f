import type { SlotStatus } from '../../status.ts'
import { type Html, html } from './html.ts'
import { idOf } from './names.ts'
import { type Item, itemOf, plainItem } from './part.ts'
import type { HostCard, PoolCard, SlotCard } from './pool-card.ts'

/** The marks of `capuchin status`: a state is told by its mark as well as by its colour. */
const marks: Record<SlotStatus['state'], string> = {
  ready: '#',
  starting: '+',
  unready: '?',
  dead: 'x',
  lost: 'x',
  draining: '-',
  leaving: '-',
  free: '·',
}

export const legend: Html = html`<p class="legend dim">${(
  ['ready', 'starting', 'unready', 'dead', 'draining', 'free'] as const
).map(
  (state) => html`<span><i class="slot is-${state}">${marks[state]}</i> ${state}</span> `,
)}<span><i class="slot is-ready is-frozen">#</i> frozen</span></p>`

/** A pool with its hosts. */
export function poolItem(card: PoolCard): Item {
  const { pool, hosts } = card
  const id = idOf('p', pool)
  const list = {
    id: `${id}-hosts`,
    items: hosts.map((host) => plainItem(idOf('h', host.host), hostHtml(host))),
  }
  return itemOf(
    id,
    (place) =>
      html`<li id="${id}" class="pool">${place.part(`${id}-head`, headHtml(card))}<ul id="${list.id}" class="hosts" aria-label="hosts of ${pool}">${place.list(list)}</ul></li>`,
  )
}

function headHtml({ pool, summary, notes, isHeld }: PoolCard): Html {
  const act = (what: string, label: string, says: string): Html =>
    html`<button type="button" data-do="${what}" data-on="${pool}" aria-label="${says} ${pool}">${label}</button>`
  return html`<div id="${idOf('p', pool)}-head" class="pool-head"><h3>${pool}</h3><p>${summary}${notes.map(
    (note) => html`<span class="note">${note}</span>`,
  )}</p><div class="acts">${act('add-host', 'Add host', 'Add a host to')}${
    isHeld ? act('release-pool', 'Release', 'Release pool') : act('hold-pool', 'Hold', 'Hold pool')
  }</div></div>`
}

function hostHtml({ host, about, slots, words, notes, isFrozen, isDrained }: HostCard): Html {
  const hand = `${isFrozen ? ' frozen' : ''}${isDrained ? ' drained' : ''}`
  return html`<li id="${idOf('h', host)}" class="host"><span class="slots" role="img" aria-label="${words}">${slots.map(slotHtml)}</span><button type="button" class="name" data-do="host" data-on="${host}"${isFrozen && html` data-frozen=""`}${isDrained && html` data-drained=""`}>${host}</button><span class="dim">${about}${hand !== '' && html` <b>${hand}</b>`}</span>${notes.map((note) => html`<span class="note">${note}</span>`)}</li>`
}

function slotHtml({ state, instance, says, isFrozen }: SlotCard): Html {
  const frozen = isFrozen === true ? ' is-frozen' : ''
  if (instance === undefined) return html`<i class="slot is-free">${marks.free}</i>`
  return html`<i class="slot is-${state}${frozen}" data-id="${instance}" title="${says}">${marks[state]}</i>`
}
