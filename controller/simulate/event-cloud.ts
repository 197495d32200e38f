import { z } from 'zod'
import { duration } from '../policy/duration.ts'
import type { Weather } from '../providers/memory/cloud.ts'
import { type Happening, happening } from './happening.ts'
import type { Scene } from './scene.ts'
import { hostsIn, instancesIn, pick, Which } from './which.ts'

/** What happens to instances, hosts and the provider that they come from. */
export const cloudEvents = {
  instanceDies: happening(
    Which,
    (which) => toInstance(which, (id, { world }, lasts) => world.cloud.crash(id, lasts)),
    'an instance ends by itself, and with `for` is there again after that',
  ),
  instanceHangs: happening(
    Which,
    (which) => toInstance(which, (id, { world }) => world.cloud.hang(id), recover),
    'an instance does not answer any more',
  ),
  hostHangs: happening(
    Which,
    (which) => toHost(which, hangAll, recover),
    'nothing on a host answers any more, and its provider says that it runs',
  ),
  hostStops: happening(
    Which,
    (which) => toHost(which, (name, { world }) => world.cloud.stop(name)),
    "a host stops, by its provider's word",
  ),
  hostDies: happening(
    Which,
    (which) => toHost(which, (name, { world }) => world.cloud.vanish(name)),
    'a host is gone, and its provider does not name it any more',
  ),
  providerBlind: happening(
    z.literal(true),
    () => weatherOf('listFails', () => 'the provider does not answer'),
    'the provider does not tell which hosts there are',
  ),
  bootTakes: happening(
    duration,
    (ms) => weatherOf('bootDelay', () => ms),
    'how long hosts take to boot from now on',
  ),
  startTakes: happening(
    duration,
    (ms) => weatherOf('startDelay', () => ms),
    'how long instances take to start from now on',
  ),
  quota: happening(
    z.int().min(0),
    (hosts) => weatherOf('maxHosts', hosts),
    'hosts that the provider gives at most from now on',
  ),
}

type Reach = (name: string, scene: Scene, lasts: number | undefined) => void

/** `after`: at its end, to the same ones. */
function toInstance(
  which: Which,
  does: Reach,
  after?: (names: readonly string[], scene: Scene) => void,
): Happening {
  let name: string | undefined
  return {
    begin(scene, lasts) {
      name = pick(which, instancesIn(scene), scene.random)
      if (name === undefined) return `there is no such instance of ${scene.workload} (${which})`
      does(name, scene, lasts)
      return undefined
    },
    ...(after !== undefined && { end: (scene) => after(name === undefined ? [] : [name], scene) }),
  }
}

function toHost(
  which: Which,
  does: Reach,
  after?: (names: readonly string[], scene: Scene) => void,
): Happening {
  let hit: string[] = []
  return {
    begin(scene, lasts) {
      const name = pick(which, hostsIn(scene), scene.random)
      if (name === undefined) return `there is no such host (${which})`
      hit = instancesOn(name, scene)
      does(name, scene, lasts)
      return undefined
    },
    ...(after !== undefined && { end: (scene) => after(hit, scene) }),
  }
}

const instancesOn = (host: string, { world }: Scene): string[] =>
  world.cloud.processes().flatMap((process) => (process.host === host ? [process.instance] : []))

function hangAll(host: string, scene: Scene): void {
  for (const instance of instancesOn(host, scene)) scene.world.cloud.hang(instance)
}

function recover(instances: readonly string[], { world }: Scene): void {
  for (const instance of instances) world.cloud.recover(instance)
}

/** Changes one thing about the cloud; at its end that is again as it was. */
function weatherOf<K extends keyof Weather>(key: K, value: Weather[K]): Happening {
  let former: Weather[K] | undefined
  return {
    begin({ world }) {
      former = world.cloud.weather[key]
      world.cloud.weather[key] = value
      return undefined
    },
    end({ world }) {
      if (former !== undefined) world.cloud.weather[key] = former
    },
  }
}
