import { type Html, html } from './html.ts'

/** What every page of this server has around it. */
export interface Frame {
  title: string
  /** The address of the folder of script and style. */
  assets: string
  /** What the browser's script has to know: data attributes of the body. */
  data: Readonly<Record<string, string>>
  /** Every so many seconds the page is asked for anew: always, or only where there is no script. Absent: never. */
  refresh?: { seconds: number; always?: true }
}

/** A whole page. It names no other place, and has no script and no style in it. */
export function documentHtml({ title, assets, data, refresh }: Frame, body: Html): Html {
  const attributes = Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`)
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">${refresh && refreshHtml(refresh)}<link rel="icon" href="${icon}"><link rel="stylesheet" href="${assets}/page.css"><script type="module" src="${assets}/main.js"></script></head>
<body${attributes}><a class="skip" href="#main">Skip to the content</a>${body}</body></html>
`
}

function refreshHtml({ seconds, always }: NonNullable<Frame['refresh']>): Html {
  const meta = html`<meta http-equiv="refresh" content="${seconds}">`
  return always === true ? meta : html`<noscript>${meta}</noscript>`
}

/** A picture of slots, so that the tab is found among many. */
const icon =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Cpath fill=%22%23176b50%22 d=%22M1 1h6v6H1zM9 1h6v6H9zM1 9h6v6H1z%22/%3E%3Cpath fill=%22none%22 stroke=%22%23176b50%22 d=%22M9.5 9.5h5v5h-5z%22/%3E%3C/svg%3E'
