import type { VirtualWorld } from '../../controller/simulate/world.ts'
import { between } from './random.ts'
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

/** Something happens; answers what. */
export function mishap(random: () => number, world: VirtualWorld): string {
  const { cloud } = world
  const host = cloud.hosts()[between(random, 0, 3)]
  const all = cloud.alive()
  const instance = all[between(random, 0, Math.max(0, all.length - 1))]
  const kind = between(random, 0, 9)
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
  return 'restart'
}
