import type { Chart, Point } from './chart-data.ts'
import { type Html, html } from './html.ts'

/** A chart as SVG that stretches to its place: what is drawn has a name for those who do not see it. */
export function chartSvg(chart: Chart, ready: readonly (readonly Point[])[] = []): Html {
  const { width, height, band, bounds, gaps, lines, title, desc } = chart
  return html`<svg class="chart" role="img" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><title>${title}</title><desc>${desc}</desc>${
    band && html`<rect class="band" y="${band.top}" width="${width}" height="${band.bottom - band.top}"/>`
  }${gaps.map((gap) => html`<rect class="gap" x="${gap.x}" width="${gap.width}" height="${height}"/>`)}${
    bounds.length > 0 && html`<path class="bound" d="${bounds.map((y) => `M0 ${y}H${width}`).join('')}"/>`
  }${ready.length > 0 && html`<path class="ready" d="${pathOf(ready)}"/>`}<path class="level" d="${pathOf(lines)}"/></svg>`
}

/** Relative steps are short. A lone point is a short line, so that it can be seen. */
function pathOf(lines: readonly (readonly Point[])[]): string {
  return lines.map(lineOf).join('')
}

function lineOf(points: readonly Point[]): string {
  const [first] = points
  if (first === undefined) return ''
  if (points.length === 1) return `M${first[0] - 1} ${first[1]}h2`
  let [x, y] = first
  let path = `M${x} ${y}l`
  for (const [nextX, nextY] of points.slice(1)) {
    path += `${nextX - x} ${nextY - y} `
    ;[x, y] = [nextX, nextY]
  }
  return path.trimEnd()
}
