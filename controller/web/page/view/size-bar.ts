import type { Decision } from '../../../decision/decision.ts'
import { countsInWords } from '../../../decision/sentence.ts'
import { type Html, html } from './html.ts'

/** The size of a workload against min and max: shares (0..1) of a bar that reaches to the largest of its numbers. */
export interface SizeBar {
  min: number
  max: number
  ready: number
  starting: number
  granted: number
  wanted: number
  top: number
}

export function sizeBarOf({ min, max, counts, granted, wanted }: Decision): SizeBar {
  const { ready, starting } = counts
  const top = Math.max(max, granted, wanted, ready + starting, 1)
  return { min, max, ready, starting, granted, wanted, top }
}

const WIDTH = 240

/** Filled: ready; striped: starting; upright line: granted; triangle: wanted; ticks below: min and max. */
export function sizeBarHtml(bar: SizeBar, words: string): Html {
  const x = (size: number): number => Math.round((Math.min(size, bar.top) / bar.top) * WIDTH)
  const [min, max, ready, whole, granted, wanted] = [
    x(bar.min),
    x(bar.max),
    x(bar.ready),
    x(bar.ready + bar.starting),
    x(bar.granted),
    x(bar.wanted),
  ]
  return html`<svg class="bar" role="img" viewBox="-6 0 ${WIDTH + 12} 26"><title>${words}</title><rect class="track" y="8" width="${WIDTH}" height="10"/><rect class="range" x="${min}" y="8" width="${max - min}" height="10"/><rect class="is-ready" y="8" width="${ready}" height="10"/>${
    whole > ready &&
    html`<rect class="is-starting" x="${ready}" y="8" width="${whole - ready}" height="10"/><path class="stripes" d="${stripes(ready, whole)}"/>`
  }<path class="granted" d="M${granted} 5v16"/><path class="wanted" d="M${wanted - 4} 0h8l-4 6z"/><path class="limit" d="M${min} 20v6M${max} 20v6"/></svg>`
}

function stripes(from: number, to: number): string {
  let path = ''
  for (let x = from + 3; x < to; x += 5) path += `M${x} 8v10`
  return path
}

/** "4 of 2 to 12: ready 3, starting 1; wanted 5" */
export function sizeInWords({ granted, min, max, counts, wanted }: Decision): string {
  const asked = wanted === granted ? '' : `; wanted ${wanted}`
  return `${granted} of ${min} to ${max}: ${countsInWords(counts)}${asked}`
}
