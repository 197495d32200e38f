import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signal } from '../../../controller/providers/process/identity.ts'
import type { Drive } from './drive.ts'
import { breakFile, newestHistory, obstruct, supplant } from './obstacles.ts'
import { guestPolicy } from './policies.ts'
import { keepOn, knock, lay, lookOn, takeBack, tellAlert } from './speak.ts'

const addHosts = { kind: 'add-hosts', pool: 'edge', count: 1 }

/** What clouds, disks, receivers and operators do to a controller. */
export const eventsOfCapuchin = {
  'source refuses': async ({ gate }) => {
    gate.mood('refuses')
    return () => gate.mood('open')
  },
  'source hangs': async ({ gate }) => {
    gate.mood('hangs')
    return () => gate.mood('open')
  },
  'clock ahead': async ({ gate }) => {
    gate.mood('ahead')
    return () => gate.mood('open')
  },
  'slow order': async ({ cloud, place }) => {
    cloud.weather.operationDelay = () => 3_000
    await lay(place, addHosts)
    return () => {
      cloud.weather.operationDelay = () => 0
    }
  },
  quota: async ({ cloud, place }) => {
    cloud.weather.quotas.instances = cloud.vms().length
    await lay(place, addHosts)
  },
  'cloud hangs': async ({ cloud }) => cloud.outage('hang', 5_000),
  'cloud away': async ({ cloud }) => cloud.outage(14, 4_000),
  'host killed': async ({ place }) => {
    const host = place.processes().find(({ supervises }) => supervises !== undefined)
    if (host === undefined) throw new Error('there is no host to kill')
    signal(host.identity, 'SIGKILL')
  },
  guest: ({ place }) => place.writePolicy('guest', guestPolicy),
  'broken file': ({ place }) => breakFile(place.folder),
  'no publishing': async ({ place }) => {
    const clear = await obstruct(join(place.published, 'instances.json.tmp'))
    await takeBack(place, 'consumer')
    await lay(place, { kind: 'pin', workload: 'consumer', size: 2 })
    return clear
  },
  'no saving': ({ place }) => supplant(join(place.state, 'state.json')),
  'no history': async ({ place }) => {
    const clear = await supplant(await newestHistory(place.state))
    await lay(place, { kind: 'pause', workload: 'ingest' })
    return async () => {
      await clear()
      await takeBack(place, 'ingest')
    }
  },
  'chat away': async ({ webhook }) => {
    webhook.refuse(true)
    return () => webhook.refuse(false)
  },
  'carbon away': async ({ carbon }) => {
    carbon.refuse(true)
    return () => carbon.refuse(false)
  },
  alert: ({ place }) => tellAlert(place, 'alerts'),
  viewers: ({ place }) => lookOn(place, 20),
  'wrong token': async ({ place }) => void (await knock(place)),
  storm: async ({ place }) =>
    keepOn(3, async (signal) => {
      await (await fetch(`${place.url}/api/v1/status`, { signal })).text()
      // So many that it costs, and not so many that nobody else is answered.
      await sleep(10)
    }),
  pin: async ({ place }) => {
    await lay(place, { kind: 'pin', workload: 'ingest', size: 4 })
    return () => takeBack(place, 'ingest')
  },
  'controller killed': ({ controller }) => controller.kill(),
  'controller back': async (world) => {
    world.controller = await world.place.launch()
  },
} satisfies Record<string, Drive>
