import { expect, test } from 'vitest'
import type { ListedHost, Trouble } from '../../../controller/decision/fleet.ts'
import type { Seen } from '../../../controller/decision/view.ts'
import { targetsOf } from '../../../controller/loop/observe.ts'
import { createProber } from '../../../controller/loop/probe.ts'
import { tellTroubles } from '../../../controller/loop/troubles.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { until } from '../../support/until.ts'
import { aPolicy, createWorld } from '../../support/world.ts'
import { warnings } from './bench.ts'

const unstarted: Trouble = {
  detail: 'it could not be started: port 8100 is in use',
  started: false,
  times: 1,
}
const ended: Trouble = { detail: 'it ended with code 1', started: true, times: 2 }

/** A controller whose two instances run, and its hosts as listed, with a trouble of the first instance. */
async function scene() {
  const told: string[] = []
  const wrap = warnings(told)
  const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => 100), wrap })
  const { deps, memory, ticks } = await world.start()
  await ticks(10)
  const records = Object.values(memory.state.hosts)
  const [id = ''] = records.flatMap(({ entries }) => entries.map((entry) => entry.id))
  const seen = (trouble?: Trouble): Map<string, Seen> => {
    const hosts = records.map(
      ({ name, zone }): ListedHost => ({
        ...{ name, zone, state: 'running', labels: {}, address: '127.0.0.1' },
        ...(trouble !== undefined && { troubles: { [id]: trouble } }),
      }),
    )
    return new Map([['edge', { listing: new Map(hosts.slice(0, 1).map((host) => [host.name, host])) }]])
  }
  told.length = 0
  return { deps, memory, told, seen, id }
}

test('what an instance ails is told once, and again when it is something else', async () => {
  const { deps, memory, told, seen, id } = await scene()
  for (const trouble of [unstarted, { ...unstarted, times: 7 }, undefined, unstarted, ended])
    tellTroubles(deps, memory, seen(trouble))
  expect(told).toEqual([
    expect.stringMatching(new RegExp(`^Instance does not run {"instance":"${id}","host":".*port 8100`)),
    expect.stringContaining('it ended with code 1'),
  ])
})

test('what is gone is forgotten', async () => {
  const { deps, memory, seen } = await scene()
  tellTroubles(deps, memory, seen(unstarted))
  expect(memory.troubles.size).toBe(1)
  memory.state = { ...memory.state, hosts: {} }
  tellTroubles(deps, memory, seen())
  expect(memory.troubles.size).toBe(0)
})

test('only what could not be started is never asked: one that ended may be up again by now', async () => {
  const { memory, seen, id } = await scene()
  const targetWith = (trouble?: Trouble) =>
    targetsOf(memory.state, seen(trouble)).find((one) => one.id === id)
  expect(targetWith(unstarted)?.unstarted).toBe(unstarted.detail)
  expect(targetWith(ended)).not.toHaveProperty('unstarted')
  expect(targetWith()).not.toHaveProperty('unstarted')
})

test('whoever answers at the port of what could not be started is not taken for it', async () => {
  let asked = 0
  const everybodyIsReady = async () => {
    asked++
    return new Response('ready')
  }
  const prober = createProber({
    ...{ now: Date.now, random: Math.random, fetch: everybodyIsReady, sources: new Map() },
    ...{ within: (ms) => AbortSignal.timeout(ms), probed() {}, queried() {} },
  })
  const probe = {
    ...{ target: { kind: 'http' as const, path: '/ready' }, every: 5, timeout: 5, failures: 3 },
    startWithin: 1_000,
  }
  const target = { id: 'ingest-1', address: '127.0.0.1', port: 8100, probe }
  prober.watch([{ ...target, unstarted: unstarted.detail }])
  await until(() => prober.healthOf('ingest-1').kind === 'silent')
  expect(prober.healthOf('ingest-1')).toMatchObject({ detail: unstarted.detail, refused: true })
  expect(asked).toBe(0)
  prober.watch([target])
  await until(() => prober.healthOf('ingest-1').kind === 'ready')
  await prober.close()
})
