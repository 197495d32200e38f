import type { Place, ScenarioEvent } from './scenario.ts'
import type { Scene } from './scene.ts'

/** Something that is done to a scene at a time: an event begins, or ends. */
export interface Act {
  /** Ms since the beginning. */
  at: number
  what: string
  place: Place
  /** Answers why it cannot be done, or nothing. */
  run(scene: Scene): Promise<string | undefined>
}

/** What happens, in its order; where one thing ends when another begins, the end comes first. */
export function actsOf(events: readonly ScenarioEvent[]): Act[] {
  const begins = events.map(
    ({ at, place, happens }): Act => ({
      at,
      place,
      what: happens.what,
      run: async (scene) => happens.begin(scene, happens.lasts),
    }),
  )
  return [...events.flatMap(endOf), ...begins].sort((a, b) => a.at - b.at)
}

function endOf({ at, place, happens }: ScenarioEvent): Act[] {
  const { end, lasts, what } = happens
  if (end === undefined || lasts === undefined) return []
  const run = async (scene: Scene): Promise<undefined> => {
    await end(scene)
    return undefined
  }
  return [{ at: at + lasts, place, what: `${what} ends`, run }]
}
