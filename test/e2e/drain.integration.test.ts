import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { countStored } from '../../demo/count.ts'
import { gatewayCommand, makePlace, type Place } from '../support/controller.ts'
import { livesOf } from '../support/fleet.ts'
import { startOpenLoad } from '../support/open-load.ts'
import { tempFolder } from '../support/process.ts'
import { type ListWatch, type Member, readyList, watchList } from '../support/ready-list.ts'
import { until } from '../support/until.ts'

const brisk = {
  out: { step: 9, wait: '1s', perHour: { count: 1_000 } },
  in: { step: 9, wait: '1s', hold: '1s', perHour: { count: 1_000 }, sharePerTick: 100 },
}

/** What routers are promised at least between the list without an instance and the request to drain it. */
const SETTLE = 2_000
/** By how much what is seen here may lag behind what has happened. */
const LAG = 200

const policyOf = (workload: string, size: number, run: object): object => ({
  workload,
  pool: 'local',
  run: { probe: { http: '/ready', every: '1s', failures: 4, startWithin: '60s' }, ...run },
  size: { min: 1, max: 4 },
  rules: [{ name: 'steady', fixed: { size } }],
  ...brisk,
})

const placeOf = (policies: Record<string, object>): Promise<Place> =>
  makePlace({
    settings: ({ base }) => ({
      tick: '1s',
      pools: {
        local: { provider: 'process', slots: 3, hosts: { min: 1, max: 3 }, emptyFor: '1m', portBase: base },
      },
    }),
    policies,
    count: 9,
  })

const listed = (place: Place, workload: string, size: number): Promise<Member[]> =>
  until(
    async () => {
      const members = await readyList(place, workload)
      return members.length === size && members
    },
    { within: 30_000, what: `a list of ${size} ${workload}` },
  )

/** Starts a controller that takes the policies as they are written now in the place of the former one. */
async function restart(place: Place, former: { stop(): Promise<void> }, policies: Record<string, object>) {
  await former.stop()
  for (const [name, policy] of Object.entries(policies)) await place.writePolicy(name, policy)
  return await place.run()
}

/** When an instance was first seen to be out of the list (epoch ms). */
function unlistedAt({ seen }: ListWatch, instance: string): number {
  const out = seen.findIndex(({ members }) => members.every((member) => member.instance !== instance))
  const { at } = seen[out] ?? {}
  if (at === undefined) throw new Error(`${instance} has never left the list`)
  return at
}

/** When an instance first said by itself that it is not ready any more. */
async function refusing({ address }: Member): Promise<number> {
  await until(
    async () => {
      const answer = await fetch(`http://${address}/ready`)
      return answer.status === 503
    },
    { within: 30_000, every: 20, what: `${address} to drain` },
  )
  return Date.now()
}

test.concurrent('promise 9: scale-in under load loses nothing that was acknowledged and fails no request', async () => {
  const run = { command: gatewayCommand, drain: { http: '/drain', grace: '5s' } }
  const place = await placeOf({ ingest: policyOf('ingest', 4, run) })
  const first = await place.run()
  const members = await listed(place, 'ingest', 4)
  const list = watchList(place, 'ingest')
  const acknowledged = new Set<number>()
  const load = startOpenLoad(join(place.published, 'ingest.list'), 80, {
    listEvery: 1_000,
    bodyOf: (n) => JSON.stringify({ id: `drain-${n}`, fill: 'x'.repeat(n % 300) }),
    acknowledged: (n) => acknowledged.add(n),
  })
  await until(() => acknowledged.size > 100, { what: 'acknowledged events' })

  const second = await restart(place, first, { ingest: policyOf('ingest', 2, run) })
  const staying = (await listed(place, 'ingest', 2)).map(({ instance }) => instance)
  const going = members.filter(({ instance }) => !staying.includes(instance))
  const drained = await Promise.all(going.map(refusing))
  for (const [i, { instance }] of going.entries()) {
    expect((drained[i] ?? 0) - unlistedAt(list, instance), instance).toBeGreaterThanOrEqual(SETTLE - LAG)
  }
  await until(() => livesOf(place).size === 2, { within: 20_000, what: 'the end of those that drained' })

  const counts = await load.stop()
  list.stop()
  expect(counts.failed).toEqual({})
  expect(counts.sent).toBe(counts.acknowledged)
  const stored = await countStored([join(place.state, 'data', 'ingest')], 'drain')
  expect([...acknowledged].filter((n) => !stored.numbers.has(n))).toEqual([])
  process.stdout.write(`drain: ${counts.sent} sent, ${stored.numbers.size} stored\n`)
  await second.stop()
  await place.down()
})

/** What a holder tells about itself. */
type Told = {
  at: number
  instance: string
  what: 'stored' | 'drain' | 'sigterm'
  work?: string
  held?: number
}

const HOLD = 4_000
const GRACE = 4_000

/** A service that stores what it acknowledged HOLD ms later, and forgets it on SIGTERM unless it was drained before. */
const holderOf = (events: string, env: Record<string, string>, drain: object): object => ({
  command: ['node', resolve('test/support/holder-child.ts')],
  env: { EVENTS: events, HOLD: String(HOLD), ...env },
  drain: { grace: `${GRACE}ms`, ...drain },
})

async function told(events: string): Promise<Told[]> {
  const lines = (await readFile(events, 'utf8')).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Told)
}

test.concurrent('promise 9: drained before SIGTERM, and stopped after its grace if it does not drain; left out, what was acknowledged is lost', async () => {
  const folder = await tempFolder('holders')
  const events = (workload: string): string => join(folder, workload)
  const runs: Record<string, object> = {
    drained: holderOf(events('drained'), {}, { http: '/drain' }),
    cut: holderOf(events('cut'), {}, {}),
    deaf: holderOf(events('deaf'), { DEAF: 'yes' }, { http: '/drain' }),
  }
  const names = Object.keys(runs)
  const policiesOf = (size: number): Record<string, object> =>
    Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, policyOf(name, size, run)]))
  const place = await placeOf(policiesOf(2))
  const first = await place.run()
  await Promise.all(names.map((name) => listed(place, name, 2)))
  const lists = new Map(names.map((name) => [name, watchList(place, name)]))
  const acknowledged = new Map(names.map((name) => [name, new Set<string>()]))
  const loads = names.map((name) =>
    startOpenLoad(join(place.published, `${name}.list`), 20, {
      listEvery: 1_000,
      bodyOf: String,
      acknowledged: (n) => acknowledged.get(name)?.add(String(n)),
    }),
  )

  const second = await restart(place, first, policiesOf(1))
  await until(() => livesOf(place).size === names.length, { within: 60_000, what: 'one instance of each' })
  const counts = await Promise.all(loads.map((load) => load.stop()))
  for (const { failed } of counts) expect(failed).toEqual({})

  const goings = new Map<string, Told[]>()
  for (const name of names) {
    const ended = (await told(events(name))).find(({ what }) => what === 'sigterm')?.instance
    goings.set(
      name,
      (await told(events(name))).filter(({ instance }) => instance === ended),
    )
  }
  const when = (name: string, what: Told['what']): number =>
    goings.get(name)?.find((one) => one.what === what)?.at ?? Number.NaN
  const leftList = (name: string): number => {
    const list = lists.get(name)
    const instance = goings.get(name)?.[0]?.instance
    return list === undefined || instance === undefined ? Number.NaN : unlistedAt(list, instance)
  }
  const lost = async (name: string): Promise<string[]> => {
    const stored = new Set((await told(events(name))).map(({ work }) => work))
    return [...(acknowledged.get(name) ?? [])].filter((work) => !stored.has(work))
  }
  const isHeld = (name: string): number | undefined =>
    goings.get(name)?.find(({ what }) => what === 'sigterm')?.held

  for (const name of ['drained', 'deaf'])
    expect(when(name, 'drain') - leftList(name), name).toBeGreaterThanOrEqual(SETTLE - LAG)
  expect(isHeld('drained')).toBe(0)
  await until(async () => (await lost('drained')).length === 0, {
    what: 'all that was acknowledged is stored',
  })

  // Acknowledged once, it is not asked again; it does not drain, so it is told to stop after its grace, and killed after another.
  expect(goings.get('deaf')?.filter(({ what }) => what === 'drain')).toHaveLength(1)
  expect(when('deaf', 'sigterm') - when('deaf', 'drain')).toBeGreaterThanOrEqual(GRACE - LAG)

  // The same service and load without the drain: what it had acknowledged last goes with it.
  expect(when('cut', 'sigterm') - leftList('cut')).toBeGreaterThanOrEqual(SETTLE - LAG)
  expect(isHeld('cut')).toBeGreaterThan(0)
  expect((await lost('cut')).length).toBeGreaterThanOrEqual(isHeld('cut') ?? 1)
  for (const list of lists.values()) list.stop()
  await second.stop()
  await place.down()
})
