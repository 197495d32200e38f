import { expect, test } from 'vitest'
import type { Policy } from '../../../controller/decision/policy.ts'
import type { Deps, LookDeps } from '../../../controller/loop/deps.ts'
import { look } from '../../../controller/loop/look.ts'
import { lookOnce } from '../../../controller/once.ts'
import type { Provider } from '../../../controller/providers/provider.ts'
import { loadConfiguration } from '../../../controller/settings.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from '../../support/world.ts'
import { witness } from '../commands/support.ts'
import { fixedRule } from '../decision/builders.ts'
import { holding } from './bench.ts'

// Promise 13: dry is dry, by construction: what looks holds nothing that could change a host.

/** What a dry run can reach of all that a controller has. A key that is not here does not exist for it. */
function dry(deps: Deps): LookDeps {
  const { controller, now, elapsed, random, token, pools, policies, sources, prober, history } = deps
  const { within, failpoint, observer } = deps
  const listers = new Map([...deps.listers].map(([name, { list }]) => [name, { list }]))
  return {
    ...{ controller, now, elapsed, random, token, pools, policies, sources, prober, history, listers },
    ...{ within, failpoint, observer },
  }
}

/** What could change a host, or the store, is no part of what looking is given; this does not compile once one of them is. */
type Changes = 'providers' | 'store' | 'askToDrain' | 'publishers'
const changes: Record<Extract<keyof LookDeps, Changes>, never> = {}

const policyOf = (size: number): Policy =>
  aPolicy('ingest', {
    size: { min: 1, max: 6 },
    rules: [fixedRule(size)],
    out: { step: 9, wait: 0, perHour: { count: 99, share: 9 } },
    in: { step: 9, wait: 0, hold: 0, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
  })

async function scene(): Promise<{ world: World; controller: Controller }> {
  const world = createWorld({
    pools: [aPool({ spareSlots: 2 })],
    policies: [policyOf(3)],
    load: values(() => 0),
  })
  return { world, controller: await world.start() }
}

const looking = async ({ deps, memory }: Controller): Promise<string[]> => {
  const { conclusion } = await look(dry(deps), memory.state, () => {}, true)
  return conclusion.steps.map(({ kind }) => kind)
}

test.for<{ name: string; ticks: number; change(world: World): void; would: string }>([
  { name: 'nothing is there yet', ticks: 0, change: () => {}, would: 'order-host' },
  {
    name: 'it is to grow',
    ticks: 20,
    change: (world) => {
      world.policies = [policyOf(6)]
    },
    would: 'place',
  },
  {
    name: 'it is to shrink',
    ticks: 20,
    change: (world) => {
      world.policies = [policyOf(1)]
    },
    would: 'drain',
  },
  {
    name: 'a host is lost',
    ticks: 20,
    change: ({ cloud }) => cloud.stop(cloud.hosts()[0]?.name ?? ''),
    would: 'delete-host',
  },
  {
    name: 'an instance hangs',
    ticks: 20,
    change: ({ cloud }) => cloud.hang(cloud.alive()[0] ?? ''),
    would: 'remove',
  },
])(
  'promise 13: $name: looking tells what it would do and calls nothing; a tick calls it',
  async ({ ticks, change, would }) => {
    const { world, controller } = await scene()
    await controller.ticks(ticks)
    change(world)
    const { state, revision } = world.disk
    const before = { calls: [...world.cloud.calls], log: [...world.cloud.log], state: structuredClone(state) }
    for (let i = 0; i < 3; i++) expect(await looking(controller)).toContain(would)
    expect({ calls: world.cloud.calls, log: world.cloud.log, state: world.disk.state }).toEqual(before)
    expect(world.disk.revision).toBe(revision)

    // The same with what a controller holds.
    await controller.ticks(5)
    expect(world.cloud.calls.length).toBeGreaterThan(before.calls.length)
    expect(Object.keys(changes)).toEqual([])
  },
)

const files: Record<string, string> = {
  '/srv/capuchin.yaml': `
    pools: { local: { provider: process, slots: 3, hosts: { min: 2, max: 4 } } }
    store: { type: memory }`,
  '/srv/policies/ingest.yaml': `
    workload: ingest
    pool: local
    run: { command: [serve] }
    size: { min: 2, max: 4 }`,
}

test('promise 13: the plan of the command line holds of a provider the listing alone', async () => {
  const context = witness({
    list: () => ['ingest.yaml'],
    read: (path) => files[path] ?? '',
  })
  const loaded = loadConfiguration('/srv/capuchin.yaml', { files: context.files, machine: { cores: 2 } })
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems))
  const { provider, calls } = holding()
  let listed = 0
  const list: Provider['list'] = async () => {
    listed++
    return { kind: 'hosts', hosts: [] }
  }
  const pools = new Map(
    [...loaded.settings.pools].map(([name, pool]) => [
      name,
      { ...pool, open: (): Provider => ({ ...provider, list }) },
    ]),
  )
  const outcome = await lookOnce({ ...loaded.settings, pools }, loaded.policies, context)
  if (outcome.kind === 'refused') throw new Error(outcome.detail)
  expect(outcome.plan.steps.map(({ kind }) => kind)).toContain('order-host')
  expect(outcome.plan.decisions.map(({ sentence }) => sentence)).toEqual(['ingest 0 -> 2: min is 2'])
  expect({ listed, calls }).toEqual({ listed: 1, calls: [] })
})
