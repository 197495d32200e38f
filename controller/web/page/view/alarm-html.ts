import type { Alarm } from './alarms.ts'
import { type Html, html } from './html.ts'
import { idOf } from './names.ts'
import { type List, plainItem } from './part.ts'

/** The worst first; two that say the same of the same are one. */
export function alarmList(alarms: readonly Alarm[]): List {
  const seen = new Map<string, number>()
  const items = alarms.map((alarm) => {
    const { kind, name } = alarm.about
    const key = `${kind}-${name}`
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    const id = idOf('a', `${key}-${nth}`)
    return plainItem(id, alarmHtml(alarm, id))
  })
  return { id: 'alarms', items }
}

function alarmHtml({ level, about: { kind, name }, text }: Alarm, id: string): Html {
  const subject =
    kind === 'files'
      ? html`<b>files</b>`
      : html`<a href="#${idOf(kind === 'workload' ? 'w' : 'p', name)}">${kind === 'pool' ? 'pool ' : ''}${name}</a>`
  return html`<li id="${id}" class="${level}"><b class="mark">${level === 'critical' ? '!!' : '!'}</b> ${subject} ${text}</li>`
}
