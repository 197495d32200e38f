import { afterAll, beforeAll, expect, test } from 'vitest'
import { missing } from '../../../../controller/decision/reading.ts'
import { values } from '../../../../controller/sources/scripted.ts'
import type { Status } from '../../../../controller/web/status.ts'
import { aChromium, type Opened } from '../../../support/chromium.ts'
import { aPageWorld } from '../../../support/page-world.ts'
import { needs } from '../../../support/servers.ts'
import { until } from '../../../support/until.ts'
import { aSeenController, type SeenController, TOKEN } from './world.ts'

// What a page goes through in an operator's hands, in a real Chromium: hostile text, keyboards, phones, lost connections, silence.

const chromium = aChromium()
const EVIL = `</li></ul><script>alert(1)</script><img src=x onerror=alert(1)>"'>`
const LONG = '🐒'.repeat(50) + 'x'.repeat(150)
const RTL = 'שלום עולם'

/** Waits until an element has a text in it. */
const says = ({ page }: Opened, selector: string, hasText: string | RegExp): Promise<void> =>
  page.locator(selector, { hasText }).first().waitFor()

needs('chromium')('the page of a controller', () => {
  let seen: SeenController
  beforeAll(async () => {
    seen = await aSeenController()
  })
  afterAll(() => seen.close())

  test('obeys the keyboard alone, and keeps the focus through ticks', async () => {
    const opened = await (await chromium()).open(seen.url)
    const { page, faults, close } = opened
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    const isOn = (): Promise<boolean> =>
      page.evaluate(`document.activeElement.matches('#w-mail [data-do="pause"]')`)
    for (let i = 0; i < 60 && !(await isOn()); i++) await page.keyboard.press('Tab')
    expect(await isOn()).toBe(true)
    expect(await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`)).toBe('solid')
    await page.keyboard.press('Enter')
    await says(opened, '#word-title', 'Pause mail')
    await page.keyboard.press('Escape')
    expect(await isOn()).toBe(true)
    await page.keyboard.press('Enter')
    for (const text of ['anna', 'night']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Tab')
    await page.keyboard.type(TOKEN)
    await page.keyboard.press('Enter')
    await says(opened, '#toast', 'mail is paused until')
    await says(opened, '#w-mail .said', 'paused by anna')
    // The button is another one by now: that is where the focus went.
    expect(await page.evaluate(`document.activeElement.closest('#w-mail') !== null`)).toBe(true)
    await page.focus('#w-mail [data-do="resume"]')
    await seen.ticks(2)
    await until(() => page.evaluate(`document.activeElement.matches('#w-mail [data-do="resume"]')`))
    await page.keyboard.press('Enter')
    await page.keyboard.type('morning')
    await page.keyboard.press('Enter')
    await says(opened, '#toast', 'Resume mail: done')
    expect(seen.status().overrides).toEqual([])
    expect(faults()).toEqual([])
    await close()
  })

  test('says what a drain will do before it does it, and freezes an instance from its host', async () => {
    const opened = await (await chromium()).open(seen.url)
    const { page, faults, close } = opened
    const host = seen
      .status()
      .pools[0]?.hosts.find(({ slots }) => slots.some(({ state }) => state === 'ready'))
    const slot = host?.slots.find(({ state }) => state === 'ready')
    const instance = slot?.state === 'ready' ? slot.instance : ''
    await page.click(`[data-do="host"][data-on="${host?.host}"]`)
    await page.click('#host-acts [data-do="drain-host"]')
    await says(opened, '#word-will.hard', /elsewhere \(.*\), and then the host is DELETED/)
    await page.click('#word-cancel')
    await page.click(`[data-do="host"][data-on="${host?.host}"]`)
    await page.click(`#host-acts [data-on="${instance}"]`)
    await page.fill('#word-by', 'bo')
    await page.fill('#word-why', 'a dump is taken')
    await page.fill('#word-token', TOKEN)
    await page.click('#word-go')
    await says(opened, '#toast', `${instance} is frozen`)
    await page.locator(`.slot.is-frozen[data-id="${instance}"]`).waitFor()
    await page.click('#hand [data-do="take-back"]')
    await page.fill('#word-why', 'it is done')
    await page.click('#word-go')
    await until(() => seen.status().overrides.length === 0)
    expect(faults()).toEqual([])
    await close()
  })

  test('without a script it is a page to be read, which asks again by itself', async () => {
    const { page, faults, close } = await (await chromium()).open(seen.url, { javaScriptEnabled: false })
    expect(await page.locator('#w-ingest .said').textContent()).toContain('ingest stays at')
    expect(await page.locator('#w-ingest svg.chart').count()).toBe(1)
    expect(await page.locator('.acts:visible, dialog:visible').count()).toBe(0)
    expect(await page.locator('meta[http-equiv="refresh"]').getAttribute('content')).toBe('15')
    expect(faults()).toEqual([])
    await close()
  })

  test('the page of a workload explains it, and what it would do now is a page too', async () => {
    const opened = await (await chromium()).open(`${seen.url}/workloads/ingest`)
    const { page, faults, close } = opened
    await says(opened, '#next', /out when load is above 70/)
    await says(opened, 'pre', 'reason inside-band')
    expect(await page.locator('#charts svg').count()).toBe(2)
    expect(await page.locator('#instances tr').count()).toBe(2)
    await seen.ticks(1)
    await page.click('nav a[href="/plan"]')
    await says(opened, 'pre', 'Nothing to do.')
    expect(faults()).toEqual([])
    await close()
  })
})

needs('chromium')('a page in a hostile world', () => {
  test('shows it and is not moved by it', async () => {
    const sick = {
      state: 'dead' as const,
      instance: 'ingest-1',
      workload: 'ingest',
      port: 1,
      trouble: `${EVIL}${LONG}`,
    }
    const change = (status: Status): Status => ({
      ...status,
      notices: [`${EVIL}`, RTL, LONG],
      pools: status.pools.map((pool) => ({
        ...pool,
        hosts: pool.hosts.map((host) => ({ ...host, note: `${RTL} ${EVIL}`, slots: [sick, ...host.slots] })),
      })),
    })
    const load = values(() => 100)
    let isDown = false
    const seen = await aSeenController({
      change,
      load: (question) => (isDown ? missing('unreachable', `${EVIL}${RTL}${LONG}`) : load(question)),
    })
    const word = {
      act: { kind: 'pause', workload: 'ingest' },
      by: `${RTL}<b>`,
      why: EVIL.slice(0, 200),
      for: '1h',
    }
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const laid = await fetch(`${seen.url}/api/v1/overrides`, {
      method: 'POST',
      headers,
      body: JSON.stringify(word),
    })
    expect(laid.status).toBe(200)
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 360, height: 740 },
    ]) {
      const opened = await (await chromium()).open(seen.url, { viewport })
      const { page, faults, close } = opened
      isDown = true
      await seen.ticks(2)
      await says(opened, '#w-ingest .alarm', 'onerror=alert(1)')
      await says(opened, '#hand', EVIL)
      await says(opened, '#alarms', LONG.slice(0, 60))
      await says(opened, '#pools .note', RTL)
      await page.click('#hand [data-do="take-back"]')
      await says(opened, '#word-will', '<img src=x onerror=alert(1)>')
      expect(await page.locator('img, script:not([src])').count()).toBe(0)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
      expect(faults()).toEqual([])
      await page.goto(`${seen.url}/workloads/ingest`)
      await says(opened, 'pre', '<img src=x onerror=alert(1)>')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
      expect(faults()).toEqual([])
      await close()
    }
    await seen.close()
  })
})

needs('chromium')('a page whose controller goes', () => {
  test('says that it is not connected, and is right again when it comes back', async () => {
    const seen = await aSeenController()
    const opened = await (await chromium()).open(seen.url)
    const { page, close } = opened
    await says(opened, '#pulse', 'last tick')
    await seen.close()
    await says(opened, '#link', 'Not connected since')
    const again = await aSeenController({ port: seen.port, load: values(() => 20) })
    await again.ticks(2)
    await page.locator('#link:empty').waitFor({ state: 'attached' })
    const sentence = again.status().workloads[0]?.sentence ?? ''
    await says(opened, '#w-ingest .said', sentence)
    expect(await page.locator('#workloads > li').count()).toBe(2)
    await close()
    await again.close()
  })

  test('cries out when no tick comes', async () => {
    const now = Date.now() - 20 * 60_000
    const world = await aPageWorld({ now: () => now })
    const opened = await (await chromium()).open(world.url)
    await says(opened, '#silence', /NO TICK FOR (19|20)M/)
    await says(opened, '#pulse.is-silent', 'last tick')
    await opened.close()
    await world.server.close()
  })

  test('that shows itself to its own only asks for the token, tells a wrong one, and lets the right one in', async () => {
    const seen = await aSeenController({ door: { reads: 'token' } })
    const opened = await (await chromium()).open(seen.url)
    const { page, faults, close } = opened
    expect(await page.locator('#workloads').count()).toBe(0)
    await page.fill('#sign-in-token', 'not-the-token-of-this-controller')
    await page.keyboard.press('Enter')
    await says(opened, '#sign-in-answer', 'not the token')
    await page.fill('#sign-in-token', TOKEN)
    await page.keyboard.press('Enter')
    await says(opened, '#w-ingest .said', 'ingest stays at')
    await seen.ticks(1)
    await says(opened, '#pulse', 'last tick')
    expect(await page.content()).not.toContain(TOKEN)
    expect(page.url()).not.toContain(TOKEN)
    expect(faults().filter((fault) => !fault.includes('401'))).toEqual([])
    await close()
    await seen.close()
  })
})

needs('chromium')('a page of 200 workloads and 2,000 instances', () => {
  test('is whole, finds one among them, and takes in a tick', async () => {
    const world = await aPageWorld({ now: Date.now, workloads: 200, instances: 10 })
    const opened = await (await chromium()).open(world.url, { viewport: { width: 360, height: 740 } })
    const { page, faults, close } = opened
    expect(await page.locator('#workloads > li').count()).toBe(200)
    expect(await page.locator('#pools .slot').count()).toBeGreaterThan(2_000)
    await page.fill('#find', 'search-1')
    expect(await page.locator('#workloads > li:visible').count()).toBeLessThan(20)
    const before = await page.locator('#w-ingest-3-now').textContent()
    world.tick()
    await until(async () => (await page.locator('#w-ingest-3-now').textContent()) !== before)
    expect(await page.locator('#workloads > li:visible').count()).toBeLessThan(20)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    expect(faults()).toEqual([])
    await close()
    await world.server.close()
  })
})
