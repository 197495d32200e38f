import { createHand } from '../../controller/loop/hand.ts'
import type { Word } from '../../controller/overrides/wish.ts'
import type { VirtualController, VirtualWorld } from '../../controller/simulate/world.ts'
import { between, pick } from './random.ts'
import { changed } from './some-policy.ts'

const SECOND = 1_000

export function someWeather(random: () => number) {
  const [boot, start] = [between(random, 0, 8) * 15, between(random, 0, 5) * 15]
  return {
    bootDelay: () => boot * SECOND,
    startDelay: () => start * SECOND,
    drainTime: between(random, 0, 40) * SECOND,
    stopTime: between(random, 0, 10) * SECOND,
  }
}

/** Half-empty hosts are emptied after a while, or not. */
export const someThrift = (random: () => number) =>
  random() < 0.3 ? { consolidateAfter: between(random, 2, 8) * 30 * SECOND } : {}

/** Something happens; answers what. */
export async function mishap(
  random: () => number,
  world: VirtualWorld,
  controller: VirtualController,
): Promise<string> {
  const { cloud } = world
  const host = cloud.hosts()[between(random, 0, 3)]
  const all = cloud.alive()
  const instance = all[between(random, 0, Math.max(0, all.length - 1))]
  const kind = between(random, 0, 13)
  if (kind <= 1 && instance !== undefined) {
    if (kind === 0) cloud.crash(instance, between(random, 1, 20) * 15 * SECOND)
    else cloud.hang(instance)
    return `${instance} ${kind === 0 ? 'crashes' : 'hangs'}`
  }
  if (kind === 2 && host !== undefined) {
    cloud.stop(host.name)
    return `${host.name} stops`
  }
  if (kind === 3 && host !== undefined) {
    cloud.vanish(host.name)
    return `${host.name} vanishes`
  }
  if (kind === 4) return 'blind'
  if (kind <= 6) {
    world.policies = world.policies.map((policy) => changed(random, policy))
    return world.policies.map(({ workload, size }) => `${workload} is given ${size.min}..${size.max}`).join()
  }
  if (kind <= 8) {
    for (const one of all) if (random() < 0.6) cloud.hang(one)
    return 'most hang'
  }
  if (kind <= 11) return await speak(random, world, controller)
  if (kind === 12 && host !== undefined) {
    cloud.hangHost(host.name)
    return `${host.name} hangs`
  }
  return 'restart'
}

/** An operator says something by the hand of the running controller. */
async function speak(
  random: () => number,
  { policies }: VirtualWorld,
  { deps, memory }: VirtualController,
): Promise<string> {
  const workload = policies[0]?.workload ?? ''
  const size = between(random, 0, 8)
  const act = pick<Word['act']>(random, [
    { kind: 'pause', workload },
    { kind: 'pin', workload, size },
    { kind: 'scale', workload, by: pick(random, [-3, -1, 1, 3]) },
  ])
  const word = { act, by: 'ann', why: 'trial', for: between(random, 1, 20) * 15 * SECOND }
  const heard = await createHand(deps, memory, () => {}).lay(word)
  return `the operator says ${JSON.stringify(act)}: ${heard.kind}`
}
