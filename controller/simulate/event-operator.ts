import { z } from 'zod'
import type { Override, OverrideAct } from '../decision/overrides.ts'
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
  resume: happening(
    z.literal(true),
    () => take(({ kind }) => kind === 'pause'),
    'the operator ends the pause',
  ),
  pin: happening(
    z.int().min(0),
    (size) => lay(({ workload }) => ({ kind: 'pin', workload, size })),
    'the operator pins the workload to a size',
  ),
  unpin: happening(z.literal(true), () => take(({ kind }) => kind === 'pin'), 'the operator ends the pin'),
  scale: happening(
    z.int(),
    (by) =>
      lay((scene) => ({
        kind: by < 0 ? 'at-most' : 'at-least',
        workload: scene.workload,
        size: sizeIn(scene) + by,
      })),
    'the operator scales the workload by so many: 2, or -1',
  ),
  freeze: happening(
    Which,
    (which) => lay((scene) => frozen(pick(which, instancesIn(scene), scene.random))),
    'the operator freezes an instance: newest, oldest, random, or 2 for the second oldest',
  ),
  freezeHost: happening(
    Which,
    (which) => lay((scene) => frozen(pick(which, hostsIn(scene), scene.random))),
    'the operator freezes a host: newest, oldest, random, or 2 for the second oldest',
  ),
  thaw: happening(
    z.literal(true),
    () => take(({ kind }) => kind === 'freeze'),
    'the operator thaws whatever is frozen',
  ),
  addHosts: happening(
    z.int().min(1),
    (hosts) =>
      lay(({ world, policy: { pool } }) => ({
        kind: 'hosts',
        pool,
        hosts: world.cloud.hosts().length + hosts,
      })),
    'the operator adds so many hosts',
  ),
  drainHost: happening(
    Which,
    (which) =>
      lay((scene) => {
        const host = pick(which, hostsIn(scene), scene.random)
        return host === undefined ? undefined : { kind: 'drain-host', host }
      }),
    'the operator drains a host: newest, oldest, random, or 2 for the second oldest',
  ),
}

const frozen = (subject: string | undefined): OverrideAct | undefined =>
  subject === undefined ? undefined : { kind: 'freeze', subject }

const sizeIn = ({ world, workload }: Scene): number => world.disk.state.workloads[workload]?.size ?? 0

function lay(actOf: (scene: Scene) => OverrideAct | undefined): Happening {
  return {
    begin(scene, lasts) {
      const act = actOf(scene)
      if (act === undefined) return 'there is nothing that it could be done to'
      const at = scene.world.clock.now
      const id = `operator-${Object.keys(scene.world.disk.state.overrides).length + 1}`
      const until = lasts === undefined ? {} : { until: at + lasts }
      return change(scene, (overrides) => [
        ...overrides,
        { id, act, by: 'scenario', why: 'a scenario says so', at, ...until },
      ])
    },
  }
}

function take(isMeant: (act: OverrideAct) => boolean): Happening {
  return {
    begin: (scene) => change(scene, (overrides) => overrides.filter(({ act }) => !isMeant(act))),
  }
}

/** An operator's word is durable before it is answered, so it is on the disk and in the controller's mind at once. */
function change(
  { world, controller }: Scene,
  how: (overrides: readonly Override[]) => readonly Override[],
): undefined {
  const former = controller?.memory.state ?? world.disk.state
  const overrides = Object.fromEntries(how(Object.values(former.overrides)).map((one) => [one.id, one]))
  world.disk.state = { ...world.disk.state, overrides }
  if (controller !== undefined) controller.memory.state = { ...controller.memory.state, overrides }
}
