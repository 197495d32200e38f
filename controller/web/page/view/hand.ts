import type { Override } from '../../../decision/overrides.ts'
import { duration } from '../../../decision/words.ts'
import { describe } from '../../../overrides/outlook.ts'
import { endsSoon } from '../../override-words.ts'
import type { Status } from '../../status.ts'
import { html } from './html.ts'
import { idOf } from './names.ts'
import { type List, plainItem } from './part.ts'
import type { HandOnHosts } from './pool-card.ts'
import { whenBy } from './when.ts'

/** What operators have laid over the judgement, each with who, why and until when. */
export const handList = ({ overrides, at }: Status): List => ({
  id: 'hand',
  items: overrides.map((one) => handItem(one, at)),
})

function handItem(override: Override, at: number) {
  const { id, until } = override
  const element = idOf('o', id)
  // How soon it ends is only told when it is soon, since that changes all the time.
  const end = endsSoon(override, at) && until !== undefined ? ` ends in ${duration(until - at)}` : ''
  const words = describe(override, at)
  return plainItem(
    element,
    html`<li id="${element}"><span class="dim">${id}</span> <span>${words}</span> <span class="dim">since ${whenBy(override.at, at)}${
      until !== undefined && html`, until ${whenBy(until, at)}`
    }</span>${end !== '' && html` <b class="soon">!${end}</b>`} <button type="button" data-do="take-back" data-on="${id}" data-says="${words}" aria-label="Take back ${id}">Take back</button></li>`,
  )
}

export function handOnHosts({ overrides }: Pick<Status, 'overrides'>): HandOnHosts {
  const acts = overrides.map(({ act }) => act)
  return {
    frozen: new Set(acts.flatMap((act) => (act.kind === 'freeze' ? [act.subject] : []))),
    drained: new Set(acts.flatMap((act) => (act.kind === 'drain-host' ? [act.host] : []))),
    held: new Set(acts.flatMap((act) => (act.kind === 'hold-pool' ? [act.pool] : []))),
  }
}
