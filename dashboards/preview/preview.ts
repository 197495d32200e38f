import type { Model } from '../model.ts'
import type { Values } from '../substitute.ts'
import type { Prometheus, Window } from './ask.ts'
import { drawPage } from './draw/page.ts'
import { type Filled, fillPanel, findMarks } from './fill.ts'
import { chooseValues, placePanels } from './place.ts'

/** What is drawn: `from` is where it was asked; `scrape` in seconds. */
export interface Asked {
  from: string
  values: Values
  window: Window
  scrape: number
}

/** A dashboard as a page, and the faults of panels that Prometheus refused. */
export interface Preview {
  html: string
  faults: readonly string[]
  /** Titles of panels that have no data, which is right for some. */
  empty: readonly string[]
}

/** Asks all that a dashboard shows, and draws it. */
export async function previewOf(model: Model, asked: Asked, prometheus: Prometheus): Promise<Preview> {
  const { values, offered } = await chooseValues(model, asked.values, asked.window, prometheus)
  const panels = []
  for (const placed of placePanels(model, values, offered))
    panels.push({
      placed,
      filled: await fillPanel(model, placed.panel, { ...asked, values: placed.values }, prometheus),
    })
  const marks = await findMarks(model, { ...asked, values }, prometheus)
  const said = Object.entries(values).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
  const html = drawPage({
    ...{ model, from: asked.from, window: asked.window, marks, panels },
    values: said.length === 0 ? 'all values' : said.join('; '),
  })
  const drawn: Filled[] = panels.map(({ filled }) => filled)
  return {
    html,
    faults: drawn.flatMap(({ title, fault }) => (fault === undefined ? [] : [`${title}: ${fault}`])),
    empty: drawn
      .filter(({ panel, series }) => panel.type !== 'row' && series.length === 0)
      .map(({ title }) => title),
  }
}

/** The last `back` ms, with about 240 points, at round times. */
export function windowOf(now: number, back: number, scrape: number): Window {
  const step = Math.max(scrape, Math.ceil(back / 240 / 1000) * 1000)
  const to = Math.floor(now / step) * step
  return { from: to - Math.floor(back / step) * step, to, step }
}
