import { z } from 'zod'
import { createHand, type Hand, type Heard } from '../loop/hand.ts'
import type { Wish } from '../overrides/wish.ts'
import { type Happening, happening } from './happening.ts'
import type { Scene } from './scene.ts'
import { hostsIn, instancesIn, pick, Which } from './which.ts'

/** What operators do by their commands. With `for` it ends by itself. */
export const operatorEvents = {
  pause: happening(
    z.literal(true),
    () => lay(({ workload }) => ({ kind: 'pause', workload })),
    'the operator pauses the workload: no scaling, healing goes on',
  ),
  pin: happening(
    z.int().min(0),
    (size) => lay(({ workload }) => ({ kind: 'pin', workload, size })),
    'the operator pins the workload to a size',
  ),
  scale: happening(
    z.int(),
    (by) => lay(({ workload }) => ({ kind: 'scale', workload, by })),
    'the operator scales the workload by so many: 2, or -1',
  ),
  resume: happening(
    z.literal(true),
    () => byHand((hand, { workload }) => hand.takeBack({ kind: 'workload', workload }, speaker)),
    'the operator takes back a pause, a pin and a scale',
  ),
  freeze: happening(
    Which,
    (which) => lay((scene) => frozen(pick(which, instancesIn(scene), scene.random))),
    'the operator freezes an instance',
  ),
  freezeHost: happening(
    Which,
    (which) => lay((scene) => frozen(pick(which, hostsIn(scene), scene.random))),
    'the operator freezes a host',
  ),
  thaw: happening(
    z.literal(true),
    () => byHand(thawAll),
    'the operator thaws all instances and hosts that are frozen',
  ),
  addHosts: happening(
    z.int().min(1),
    (count) => lay(({ policy: { pool } }) => ({ kind: 'add-hosts', pool, count })),
    'the operator adds so many hosts',
  ),
  drainHost: happening(
    Which,
    (which) =>
      lay((scene) => {
        const host = pick(which, hostsIn(scene), scene.random)
        return host === undefined ? undefined : { kind: 'drain-host', host }
      }),
    'the operator drains a host',
  ),
}

const speaker = { by: 'operator', why: 'the scenario says so' }

const frozen = (subject: string | undefined): Wish | undefined =>
  subject === undefined ? undefined : { kind: 'freeze', subject }

/** The hand of a controller that runs; what it refuses cannot happen. */
function byHand(
  does: (hand: Hand, scene: Scene, lasts: number | undefined) => Promise<Heard<unknown> | undefined>,
): Happening {
  return {
    async begin(scene, lasts) {
      const { controller } = scene
      if (controller === undefined) return 'the controller is down, so nobody hears the operator'
      const heard = await does(
        createHand(controller.deps, controller.memory, () => {}),
        scene,
        lasts,
      )
      if (heard === undefined) return 'there is nothing that it could be done to'
      return heard.kind === 'done' ? undefined : heard.detail
    },
  }
}

function lay(wishOf: (scene: Scene) => Wish | undefined): Happening {
  return byHand(async (hand, scene, lasts) => {
    const act = wishOf(scene)
    return act === undefined ? undefined : hand.lay({ act, ...speaker, for: lasts })
  })
}

async function thawAll(hand: Hand): Promise<Heard<unknown> | undefined> {
  let heard: Heard<unknown> | undefined
  for (const { id, act } of hand.list())
    if (act.kind === 'freeze') heard = await hand.takeBack({ kind: 'id', id }, speaker)
  return heard
}
