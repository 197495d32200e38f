import type { Plan } from '../../plan.ts'
import { planLines } from '../../plan.ts'
import { documentHtml, type Frame } from './document.ts'
import { type Html, html } from './html.ts'
import { framed, type PageHead } from './page.ts'
import { when } from './when.ts'

/** What a tick would do now, asked for when the page is. */
export function planPage(plan: Plan, head: PageHead): Html {
  const main = html`<main id="main"><section aria-labelledby="plan-title"><h2 id="plan-title">What it would do now</h2><p>A tick that changes nothing, at ${when(plan.at)}: every source was asked, and this came of it. <a href="/plan">Ask again</a></p><pre tabindex="0">${planLines(plan).join('\n')}</pre></section></main>`
  return framed('Plan · Capuchin', html``, main, head)
}

/** Something that cannot be shown, and what to do about it. */
export function plainPage(title: string, text: string, assets: string, refresh?: Frame['refresh']): Html {
  return documentHtml(
    { title: `${title} · Capuchin`, assets, data: {}, ...(refresh && { refresh }) },
    html`<header><div class="brand"><h1><a href="/">Capuchin</a></h1></div></header><main id="main"><section><h2>${title}</h2><p>${text}</p><p><a href="/">To the status page</a></p></section></main>`,
  )
}

/** Asks for the token where reading takes it; the token goes into a header of a request, and never into an address or a page. */
export function signInPage(controller: string, assets: string): Html {
  return documentHtml(
    { title: 'Sign in · Capuchin', assets, data: {} },
    html`<header><div class="brand"><h1><a href="/">Capuchin <b>${controller}</b></a></h1></div></header><main id="main"><section class="narrow"><h2>Sign in</h2><p>This controller shows its status to those who have its token (<code>server.reads: token</code>). It is in the file that <code>server.tokenFile</code> names, or in <code>token</code> in the state folder.</p><form id="sign-in"><label>Token <input id="sign-in-token" type="password" required autocomplete="current-password"></label><p id="sign-in-answer" role="alert"></p><p class="buttons"><button type="submit" class="go">Sign in</button></p></form><noscript><p>Signing in takes JavaScript; without it use <code>capuchin status</code>.</p></noscript></section></main>`,
  )
}
