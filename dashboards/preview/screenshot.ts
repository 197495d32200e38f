import { chromium } from 'playwright-core'
import { isOnPath } from '../../scripts/servers.ts'

const WITHIN = 60_000

/** Draws pages with the Chromium of this machine; undefined where there is none. */
export function photographer(
  path: string | undefined,
): ((html: string, file: string) => Promise<void>) | undefined {
  if (!isOnPath('chromium', { PATH: path })) return undefined
  return async (html, file) => {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
      timeout: WITHIN,
    })
    try {
      const page = await browser.newPage({ viewport: { width: 1632, height: 900 } })
      await page.setContent(html, { timeout: WITHIN })
      await page.screenshot({ path: file, fullPage: true, timeout: WITHIN })
    } finally {
      await browser.close()
    }
  }
}
