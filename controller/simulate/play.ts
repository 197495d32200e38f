import type { Decision } from '../decision/decision.ts'
import type { Source } from '../sources/source.ts'
import { chanceOf } from './chance.ts'
import { type Crowd, createCrowd } from './crowd.ts'
import { settleIn } from './prelude.ts'
import type { Place, Scenario, ScenarioEvent } from './scenario.ts'
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
export interface Mishap {
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

/** Plays a scenario from its beginning to its end in virtual time. The same one comes out the same each time. */
export async function play(scenario: Scenario): Promise<Played> {
  const { policy, pool, start, tick, length } = scenario
  const blind = new Set<string>()
  const crowd = createCrowd()
  const world: VirtualWorld = createVirtualWorld({
    pools: [pool],
    policies: [policy],
    sources: sourcesOf(scenario, crowd, blind, () => world.clock.now),
    start,
    tickEvery: tick,
  })
  const mishaps: Mishap[] = []
  const fault = await settleIn(world, scenario)
  if (fault !== undefined)
    return { frames: [], happened: [], mishaps: [{ at: 0, place: scenario.place, message: fault }] }
  const scene: Scene = {
    world,
    policy,
    workload: policy.workload,
    blind,
    random: chanceOf(scenario.name),
    controller: await world.start(),
  }
  const acts = actsOf(scenario.events)
  const frames: Frame[] = []
  const happened: Played['happened'][number][] = []
  for (let at = 0; at <= length; at += tick) {
    for (let act = acts[0]; act !== undefined && act.at <= at; act = acts[0]) {
      acts.shift()
      world.clock.now = start + act.at
      noteReady(crowd, world)
      happened.push({ at: act.at, what: act.what })
      const why = await act.run(scene)
      if (why !== undefined) mishaps.push({ at: act.at, place: act.place, message: why })
      noteReady(crowd, world)
    }
    world.clock.now = start + at
    noteReady(crowd, world)
    const decision = (await scene.controller?.tickNow())?.find(({ workload }) => workload === policy.workload)
    if (decision !== undefined) frames.push({ at, decision, hosts: world.cloud.hosts().length })
  }
  return { frames, happened, mishaps }
}

interface Act {
  at: number
  what: string
  place: Place
  run(scene: Scene): Promise<string | undefined>
}

/** What happens, in its order; where a thing ends when another begins, the end comes first. */
function actsOf(events: readonly ScenarioEvent[]): Act[] {
  const begins = events.map(
    ({ at, place, happens }): Act => ({
      at,
      place,
      what: happens.what,
      run: async (scene) => happens.begin(scene, happens.lasts),
    }),
  )
  const ends = events.flatMap(({ at, place, happens }): Act[] => {
    const { end, lasts, what } = happens
    if (end === undefined || lasts === undefined) return []
    const run = async (scene: Scene) => {
      await end(scene)
      return undefined
    }
    return [{ at: at + lasts, place, what: `${what} ends`, run }]
  })
  return [...ends, ...begins].sort((a, b) => a.at - b.at)
}

function sourcesOf(
  { policy, courses, start }: Scenario,
  crowd: Crowd,
  blind: ReadonlySet<string>,
  now: () => number,
): Map<string, Source> {
  const names = new Set(policy.rules.flatMap(({ query }) => query?.source ?? []))
  const sourceOf = (name: string): Source => {
    const own = courses.filter(({ source }) => source === name)
    const script = scriptOf(name, own, { now, start, crowd, isBlind: () => blind.has(name) })
    return { read: async (question) => script(question), close: async () => {} }
  }
  return new Map([...names].map((name) => [name, sourceOf(name)]))
}

function noteReady(crowd: Crowd, { clock, cloud }: VirtualWorld): void {
  crowd.note(
    clock.now,
    cloud.alive().filter((id) => cloud.health(id).kind === 'ready'),
  )
}
