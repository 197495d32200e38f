import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Status } from '../../../../controller/web/status.ts'
import { aChromium } from '../../../support/chromium.ts'
import { needs } from '../../../support/servers.ts'
import { until } from '../../../support/until.ts'
import { aSeenController, type SeenController, TOKEN } from './world.ts'

// A real Chromium on the real pages of a real controller: what it shows is what the API says, and what is clicked is done.

const chromium = aChromium()

needs('chromium')('the status page', () => {
  let seen: SeenController
  beforeAll(async () => {
    seen = await aSeenController()
  })
  afterAll(() => seen.close())

  test('shows what the API says, takes in what changes, and obeys the hand', async () => {
    const { page, faults, close } = await (await chromium()).open(seen.url)
    const status = (await (await fetch(`${seen.url}/api/v1/status`)).json()) as Status
    for (const { workload, granted, sentence } of status.workloads) {
      const row = page.locator(`#w-${workload}`)
      expect(await row.locator('.size b').textContent()).toBe(String(granted))
      expect(await row.locator('.said').textContent()).toContain(sentence)
      expect(await row.locator('svg.chart').count()).toBe(1)
    }
    const slots = status.pools.flatMap(({ hosts }) => hosts.flatMap((host) => host.slots))
    expect(await page.locator('#pools .slot.is-ready').count()).toBe(
      slots.filter(({ state }) => state === 'ready').length,
    )
    expect(await page.locator('#pools .slot.is-free').count()).toBe(
      slots.filter(({ state }) => state === 'free').length,
    )
    const [pool] = status.pools
    expect(await page.locator('#money').textContent()).toContain(pool?.spending?.perHour.toFixed(2))

    await page.click('#w-ingest [data-do="pin"]')
    await page.fill('#word-size', '4')
    await page.fill('#word-by', 'anna')
    await page.fill('#word-why', 'launch')
    await page.fill('#word-token', 'not-the-token-of-this-controller')
    await page.click('#word-go')
    await page.locator('#word-answer', { hasText: 'not the token' }).waitFor()
    await page.fill('#word-token', TOKEN)
    await page.click('#word-go')
    await page.locator('#toast', { hasText: 'ingest is pinned at 4' }).waitFor()
    expect(seen.status().overrides).toMatchObject([
      { act: { kind: 'pin', workload: 'ingest', size: 4 }, by: 'anna', why: 'launch' },
    ])

    await page.locator('#hand', { hasText: 'pinned at 4 by anna' }).waitFor()
    await seen.ticks(6)
    await page.locator('#w-ingest .size b', { hasText: '4' }).waitFor()
    expect(await page.content()).not.toContain(TOKEN)
    expect(page.url()).toBe(`${seen.url}/`)

    await page.click('#hand [data-do="take-back"]')
    await page.fill('#word-why', 'over')
    await page.click('#word-go')
    await until(() => seen.status().overrides.length === 0, { what: 'the override to be taken back' })
    // A refused token is an error to the console of Chromium.
    expect(faults().filter((fault) => !fault.includes('401'))).toEqual([])
    await close()
  })
})
