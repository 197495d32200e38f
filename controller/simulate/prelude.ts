import type { Policy } from '../decision/policy.ts'
import type { WorkloadRecord } from '../decision/waits.ts'
import { reachOf } from '../decision/window.ts'
import type { Scenario } from './scenario.ts'
import type { VirtualController, VirtualWorld } from './world.ts'

const STEP = 15_000
const MOST_STEPS = 60
/** A count of ready instances holds for no longer than this without a tick. */
const PACE = 60_000
/** The first hour counts for the hourly rate, so what runs at the beginning has run for longer. */
const LONG_AGO = 2 * 3_600_000

/**
 * Brings a new world to where a scenario begins: so many instances ready, nothing under way, no wait that binds. A controller whose
 * policy asks for just that size does it, in the time before the beginning. Answers why it cannot.
 */
export async function settleIn(world: VirtualWorld, scenario: Scenario): Promise<string | undefined> {
  const { start, policy, pool, size, hosts } = scenario
  const isNew = size === 0 && policy.size.min > 0
  if (!isNew || hosts > 0) {
    const fault = await fill(world, scenario)
    if (fault !== undefined) return fault
  }
  const { state } = world.disk
  const record = { size, sizes: [{ at: start - LONG_AGO, size }], ...remembered(scenario) }
  world.disk.state = { ...state, workloads: isNew ? {} : { [policy.workload]: record } }
  Object.assign(world, { policies: [policy], pools: [pool] })
  world.clock.now = start
  setWeather(world, scenario)
  return undefined
}

/** What instances managed before is known where the scenario says so. */
function remembered({ start, queues }: Scenario): Pick<WorkloadRecord, 'rates'> {
  const known = [...queues].flatMap(([rule, { remembered: each }]) =>
    each === undefined ? [] : [[rule, { each, at: start }] as const],
  )
  return known.length === 0 ? {} : { rates: Object.fromEntries(known) }
}

async function fill(
  world: VirtualWorld,
  { start, policy, pool, size, hosts }: Scenario,
): Promise<string | undefined> {
  const filling: Policy = { ...policy, size: { min: size, max: Math.max(1, size) }, rules: [], schedule: [] }
  const least = Math.max(pool.hosts.min, hosts)
  Object.assign(world, { policies: [filling], pools: [{ ...pool, hosts: { ...pool.hosts, min: least } }] })
  const reach = Math.max(0, ...policy.rules.map((rule) => reachOf(rule) + 2 * (rule.query?.interval ?? 0)))
  world.clock.now = start - reach - (MOST_STEPS + 1) * STEP
  const controller = await world.start()
  const settled = await tickUntilCalm(world, controller, size)
  // Coverage asks who was ready when, as far back as windows reach.
  while (settled && world.clock.now + PACE < start) {
    world.clock.now += PACE
    await controller.tickNow()
  }
  controller.memory.operations.close()
  if (settled) return undefined
  return `cannot begin with ${size} instances on pool ${pool.name}: ${world.cloud.alive().length} of them can be had`
}

/** Whether all is there and nothing is under way any more, within the time that it may take. */
async function tickUntilCalm(
  world: VirtualWorld,
  controller: VirtualController,
  size: number,
): Promise<boolean> {
  let calm = 0
  for (let i = 0; i < MOST_STEPS && calm < 3; i++) {
    world.clock.now += STEP
    const [decision] = await controller.tickNow()
    const isFull = decision?.counts.ready === size && world.cloud.alive().length === size
    const isQuiet = Object.keys(world.disk.state.intents).length === 0
    calm = isFull && isQuiet ? calm + 1 : 0
  }
  return calm === 3
}

function setWeather({ cloud }: VirtualWorld, { boot, startTakes, drain, quota }: Scenario): void {
  cloud.weather.bootDelay = () => boot
  cloud.weather.startDelay = () => startTakes
  cloud.weather.drainTime = drain
  if (quota !== undefined) cloud.weather.maxHosts = quota
}
