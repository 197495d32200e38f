import type { Decision } from '../decision/decision.ts'
import type { Source } from '../sources/source.ts'
import { type Act, actsOf } from './acts.ts'
import { chanceOf } from './chance.ts'
import { type Crowd, createCrowd } from './crowd.ts'
import { settleIn } from './prelude.ts'
import { createQueue } from './queue.ts'
import type { Place, Scenario } from './scenario.ts'
import type { Scene } from './scene.ts'
import { scriptOf } from './script.ts'
import { createVirtualWorld, type VirtualWorld } from './world.ts'

/** One tick of a scenario: ms since its beginning, what was decided, and how many hosts there were. */
export interface Frame {
  at: number
  decision: Decision
  hosts: number
}

/** Something that keeps a scenario from being what it says. */
interface Mishap {
  at: number
  place: Place
  message: string
}

export interface Played {
  frames: readonly Frame[]
  /** What happened, in words. */
  happened: readonly { at: number; what: string }[]
  mishaps: readonly Mishap[]
}

/** A scenario under way. */
interface Stage {
  scenario: Scenario
  scene: Scene
  crowd: Crowd
  /** What is still to happen. */
  acts: Act[]
  frames: Frame[]
  happened: { at: number; what: string }[]
  mishaps: Mishap[]
}

/** Plays a scenario from its beginning to its end in virtual time. The same one comes out the same each time. Never throws. */
export async function play(scenario: Scenario): Promise<Played> {
  const { tick, length, place } = scenario
  const stage = stageOf(scenario)
  const { frames, happened, mishaps, scene } = stage
  let at = 0
  try {
    const fault = await settleIn(scene.world, scenario)
    if (fault !== undefined) return { frames, happened, mishaps: [{ at, place, message: fault }] }
    scene.controller = await scene.world.start()
    for (; at <= length; at += tick) await step(stage, at)
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
    mishaps.push({ at, place, message: `the controller throws: ${said}` })
  }
  return { frames, happened, mishaps }
}

function stageOf(scenario: Scenario): Stage {
  const { policy, pool, start, tick, name, events } = scenario
  const blind = new Set<string>()
  const crowd = createCrowd()
  const world: VirtualWorld = createVirtualWorld({
    pools: [pool],
    policies: [policy],
    sources: sourcesOf(scenario, crowd, blind, () => world.clock.now),
    start,
    tickEvery: tick,
  })
  const scene: Scene = { world, policy, workload: policy.workload, blind, random: chanceOf(name) }
  return { scenario, scene, crowd, acts: actsOf(events), frames: [], happened: [], mishaps: [] }
}

/** Lets happen what is due until `at`, and ticks. */
async function step(stage: Stage, at: number): Promise<void> {
  const { scenario, scene, crowd, acts, frames } = stage
  for (let act = acts[0]; act !== undefined && act.at <= at; act = acts[0]) {
    acts.shift()
    await perform(stage, act)
  }
  const { world, controller, workload } = scene
  world.clock.now = scenario.start + at
  noteReady(crowd, world)
  const decisions = await controller?.tickNow()
  const decision = decisions?.find((one) => one.workload === workload)
  if (decision !== undefined) frames.push({ at, decision, hosts: world.cloud.hosts().length })
}

async function perform({ scenario, scene, crowd, happened, mishaps }: Stage, act: Act): Promise<void> {
  const { at, what, place } = act
  scene.world.clock.now = scenario.start + at
  // Who was ready until now is what samples of the time before are made of.
  noteReady(crowd, scene.world)
  happened.push({ at, what })
  const message = await act.run(scene)
  if (message !== undefined) mishaps.push({ at, place, message })
  noteReady(crowd, scene.world)
}

function sourcesOf(
  { policy, courses, queues: specs, start }: Scenario,
  crowd: Crowd,
  blind: ReadonlySet<string>,
  now: () => number,
): Map<string, Source> {
  const queries = policy.rules.flatMap(({ query, asides = {} }) => [
    ...(query === undefined ? [] : [query]),
    ...Object.values(asides),
  ])
  const queues = new Map([...specs].map(([rule, spec]) => [rule, createQueue(spec, crowd, start)]))
  const sourceOf = (name: string): Source => {
    const own = courses.filter(({ source }) => source === name)
    const script = scriptOf(name, own, { now, start, crowd, queues, isBlind: () => blind.has(name) })
    return { read: async (question) => script(question), close: async () => {} }
  }
  return new Map(queries.map(({ source }) => [source, sourceOf(source)]))
}

function noteReady(crowd: Crowd, { clock, cloud }: VirtualWorld): void {
  crowd.note(
    clock.now,
    cloud.alive().filter((id) => cloud.health(id).kind === 'ready'),
  )
}
