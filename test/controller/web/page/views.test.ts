import { expect, test } from 'vitest'
import { alarmsOf } from '../../../../controller/web/page/view/alarms.ts'
import { eventOf } from '../../../../controller/web/page/view/events.ts'
import { textOf } from '../../../../controller/web/page/view/html.ts'
import { moneyRows } from '../../../../controller/web/page/view/money.ts'
import { type Facts, overviewOf } from '../../../../controller/web/page/view/overview.ts'
import { statusPage } from '../../../../controller/web/page/view/page.ts'
import { listHtml } from '../../../../controller/web/page/view/part.ts'
import { pulseHtml } from '../../../../controller/web/page/view/pulse.ts'
import { sizeBarOf } from '../../../../controller/web/page/view/size-bar.ts'
import type { Status } from '../../../../controller/web/status.ts'
import { madeUpDecision, madeUpStatus } from '../../../support/made-up.ts'

const AT = Date.UTC(2026, 0, 5, 12)
const given = { workloads: 8, instances: 4, at: AT, tick: 10 }

const facts = (status: Status, more: Partial<Facts> = {}): Facts => ({
  ...{ status, hourOf: () => undefined, events: [], bills: undefined },
  ...more,
})
const head = {
  ...{ controller: 'edge', epoch: 3, assets: '/assets/x', live: { path: '/live', version: 'v' } },
  pulse: { at: AT, now: AT + 1_000, tickEvery: 15_000 },
}
const pageOf = (status: Status, more: Partial<Facts> = {}): string =>
  textOf(statusPage(overviewOf(facts(status, more)), head))

test('the worst stands first, and all of it is there', () => {
  const status = madeUpStatus(given)
  const short = status.workloads.map((one) =>
    one.workload === 'mail' ? { ...one, counts: { ...one.counts, ready: 1 } } : one,
  )
  const alarms = alarmsOf({ ...status, workloads: short })
  expect(alarms.map(({ level, about: { name }, text }) => `${level} ${name}: ${text}`)).toEqual([
    'critical mail: has 1 ready of min 2',
    'critical search: at max (8) and still hot: cpu 91.4 % over 70 % (5m mean)',
    'warning billing: no reading for cpu (prometheus did not answer within 5s)',
    'warning edge: orders no hosts in zone b until 12:20 UTC: not enough resources',
    'warning edge: orders no hosts for another 4m: the quota of 20 VMs leaves room for no more hosts',
    expect.stringMatching(/^warning : policies\/mail\.yaml:7:/),
  ])
})

test('what is hostile is text wherever it comes from', () => {
  const evil = `</script><img src=x onerror=alert(1)>"' 🐒 ${'x'.repeat(200)}`
  const status = madeUpStatus({ ...given, why: evil })
  const [first, ...rest] = status.workloads
  if (first === undefined) throw new Error('there is one')
  const turned = {
    ...first,
    workload: evil,
    pool: evil,
    sentence: evil,
    alarms: [evil],
    rules: first.rules.map((rule) => ({ ...rule, name: evil, unit: evil, detail: evil })),
  }
  const pools = status.pools.map((pool) => ({
    ...{ ...pool, pool: `${pool.pool}${evil}`, blind: evil, tight: evil },
    hosts: pool.hosts.map((host) => ({
      ...{ ...host, host: `${host.host}${evil}`, zone: evil, note: evil, address: evil },
      slots: host.slots.map((slot) =>
        slot.state === 'free' ? slot : { ...slot, instance: evil, trouble: evil },
      ),
    })),
  }))
  const told = { at: AT, kind: evil, isBad: true, sentence: evil }
  const page = pageOf(
    { ...status, controller: evil, workloads: [turned, ...rest], pools, notices: [evil] },
    { events: [told] },
  )
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
  expect(page).not.toContain('<img')
  // No value ends the attribute that it stands in: all names of attributes are ours.
  const names = new Set(
    [...page.matchAll(/<[a-z0-9]+((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/g)].flatMap(([, all = '']) =>
      [...all.matchAll(/([a-z-]+)(?:="[^"]*")?/g)].map(([, name]) => name),
    ),
  )
  expect([...names].filter((name) => name?.startsWith('on'))).toEqual([])
  expect(page.match(/<script/g)).toHaveLength(1)
})

test('nothing in a page needs more than the content policy allows', () => {
  const page = pageOf(madeUpStatus(given))
  expect(page).not.toMatch(/\sstyle=|<style|javascript:|\son[a-z]+=/)
  expect(page).not.toMatch(/(?:src|href)="(?!\/|#|data:image\/svg)/)
})

test('every id is there once', () => {
  const ids = [...pageOf(madeUpStatus({ ...given, workloads: 40 })).matchAll(/\sid="([^"]+)"/g)].map(
    ([, id]) => id,
  )
  expect(ids.length).toBe(new Set(ids).size)
})

test('slots are told by a mark as well as by a colour, and hosts in words', () => {
  const { pools } = overviewOf(facts(madeUpStatus({ ...given, workloads: 40 })))
  const text = textOf(listHtml(pools))
  const told = [...text.matchAll(/class="slot is-([a-z]+)[^>]*>(.)</g)].map(
    ([, state, mark]) => `${state} ${mark}`,
  )
  expect(new Set(told)).toEqual(
    new Set(['ready #', 'starting +', 'unready ?', 'dead x', 'draining -', 'free ·']),
  )
  expect(text).toMatch(/aria-label="capuchin-core-1, running: 3 ready"/)
  expect(text).toMatch(/class="slot is-ready is-frozen" data-id="ingest-3"/)
})

test('what runs on a host without a slot is told beside its slots', () => {
  const status = madeUpStatus(given)
  const pools = status.pools.map((pool) => ({
    ...pool,
    hosts: pool.hosts.map((host) => ({
      ...host,
      system: [{ name: 'relay', state: 'running' as const, restarts: 0 }],
    })),
  }))
  expect(pageOf({ ...status, pools })).toContain('beside them: relay running')
  expect(pageOf(status)).not.toContain('beside them')
})

test('a size beyond max has its place on the bar', () => {
  const bar = sizeBarOf({ ...madeUpDecision(0, given), max: 8, granted: 9, wanted: 12 })
  expect(bar).toMatchObject({ max: 8, granted: 9, wanted: 12, top: 12 })
})

test('a fleet of nothing is told as that', () => {
  const status = { ...madeUpStatus({ ...given, alarms: false }), workloads: [], pools: [], overrides: [] }
  const page = pageOf(status)
  for (const id of ['alarms', 'hand', 'workloads', 'events', 'money'])
    expect(page).toMatch(new RegExp(`id="${id}"></`))
})

test.for<{ name: string; age: number; illness?: string; says: RegExp }>([
  { name: 'fresh', age: 14_000, says: /is-well.*last tick/ },
  { name: 'late', age: 40_000, says: /is-late.*NO TICK FOR/ },
  { name: 'silent', age: 600_000, says: /is-silent.*NO TICK FOR 10M/ },
  {
    name: 'ill',
    age: 1_000,
    illness: 'another controller has taken over',
    says: /is-silent.*another controller/,
  },
])('a pulse that is $name', ({ age, illness, says }) => {
  const pulse = { at: AT, now: AT + age, tickEvery: 15_000, ...(illness !== undefined && { illness }) }
  expect(textOf(pulseHtml(pulse))).toMatch(says)
})

test('a hold is no event, and a refused step is a bad one', () => {
  const decision = madeUpDecision(0, given)
  const run = {
    kind: 'decision',
    version: 1,
    id: '1',
    workload: 'ingest',
    first: AT,
    last: AT,
    count: 1,
    spans: {},
  } as const
  expect(eventOf({ ...run, decision })).toBeUndefined()
  expect(eventOf({ ...run, decision: { ...decision, granted: decision.size + 1 } })).toMatchObject({
    at: AT,
    kind: 'decision',
  })
  const step = {
    kind: 'outcome',
    version: 1,
    id: '2',
    at: AT,
    step: 'order-host',
    subject: 'h',
    result: 'refused',
    sentence: 's',
  } as const
  expect(eventOf(step)).toMatchObject({ kind: 'order-host', isBad: true })
})

test('money of the month is not told as nothing while it is not known', () => {
  const { pools } = madeUpStatus(given)
  expect(moneyRows(pools, undefined)[0]).not.toHaveProperty('month')
  const bill = {
    kind: 'bill',
    version: 1,
    id: 'b',
    pool: 'core',
    at: AT,
    from: AT,
    to: AT,
    hostMs: 1,
    unpricedMs: 0,
    money: 7,
    idle: { slotMs: 0, money: 2 },
    workloads: {},
  } as const
  expect(moneyRows(pools, [bill])).toMatchObject([
    { pool: 'core', month: { money: 7, idle: 2 } },
    { pool: 'edge', month: { money: 0, idle: 0 } },
  ])
})
