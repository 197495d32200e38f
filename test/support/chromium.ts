import { chmod, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll } from 'vitest'
import { isOnPath } from '../../scripts/servers.ts'
import { tempFolder } from './process.ts'

/** A browser of a test file, which dies with the test process and is closed after its last test. */
export interface Chromium {
  /** A page of its own, without anything that was kept by another. What must not happen on it fails `faults`. */
  open(url: string, options?: BrowserContextOptions): Promise<Opened>
}

export interface Opened {
  page: Page
  /** Errors and warnings of the console, violations of the content policy, and requests to anywhere but loopback. */
  faults(): readonly string[]
  close(): Promise<void>
}

const ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']

/** Starts Chromium at the first call. Suites that use it are declared with `needs('chromium')`. */
export function aChromium(): () => Promise<Chromium> {
  let started: Promise<Browser> | undefined
  afterAll(async () => {
    await (await started)?.close()
  })
  return async () => {
    started ??= launch()
    const browser = await started
    return { open: (url, options) => open(browser, url, options) }
  }
}

/** By a script, since Playwright starts what it is given with its own arguments first. */
async function launch(): Promise<Browser> {
  const folder = await tempFolder('chromium')
  const script = join(folder, 'chromium.sh')
  await writeFile(script, `#!/bin/sh\nexec setpriv --pdeathsig KILL -- '${whereIs('chromium')}' "$@"\n`)
  await chmod(script, 0o755)
  return chromium.launch({ executablePath: script, args: ARGS, timeout: 60_000 })
}

function whereIs(binary: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const folder = folders.find((one) => isOnPath(binary, { PATH: one }))
  if (folder === undefined) throw new Error(`${binary} is not on the PATH`)
  return join(folder, binary)
}

async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol !== 'data:' && hostname !== '127.0.0.1') faults.push(`it asked for ${request.url()}`)
  })
  await page.goto(url)
  return { page, faults: () => faults, close: () => context.close() }
}
