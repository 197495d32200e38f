import { beforeAll, expect, test } from 'vitest'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import { accountOf } from './kafka-kill/account.ts'
import { CLIENTS, startTracedLoad, type TracedLoad } from './kafka-kill/load.ts'
import { type Instance, makePlace, type Place, type Servers, startServers } from './kafka-kill/place.ts'

const KILLS = 10
/** Events a second that clients begin. */
const RATE = 300

needs('kafka', 'clickhouse')('under load from clients that send again what was not acknowledged', () => {
  let servers: Servers

  beforeAll(async () => {
    servers = await startServers()
  })

  test('kill -9 of a gateway and of a consumer, ten times each, loses nothing that was acknowledged', async () => {
    const place = await makePlace(servers, 'services')
    const { gateways, consumers, load } = await startAll(place)
    for (let kill = 0; kill < KILLS; kill += 1) {
      const replacing = replaceOldest(consumers, place.consumer)
      const gateway = await replaceOldest(gateways, place.gateway)
      await until(() => load.acknowledged(gateway.port) > 0, { within: 60_000, what: 'the new one to serve' })
      await replacing
      await place.carried()
    }
    await settle(place, load)
    await stopAll([...gateways, ...consumers])
  })

  test('kill -9 of the broker, ten times, loses nothing that was acknowledged', async () => {
    const place = await makePlace(servers, 'broker')
    const { gateways, consumers, load } = await startAll(place)
    for (let kill = 0; kill < KILLS; kill += 1) {
      await servers.broker.kill()
      const before = load.acknowledged()
      await servers.broker.start()
      await until(() => load.acknowledged() > before + RATE / 2, {
        within: 60_000,
        what: 'events to pass again',
      })
      await place.carried()
    }
    await settle(place, load)
    await stopAll([...gateways, ...consumers])
  })
})

const startAll = async (place: Place) => {
  const gateways = await Promise.all([place.gateway(), place.gateway()])
  const consumers = await Promise.all([place.consumer(), place.consumer()])
  const load = startTracedLoad(() => gateways.map(({ port }) => port), RATE)
  await until(() => load.acknowledged() > RATE, { within: 60_000, what: 'events to be acknowledged' })
  return { gateways, consumers, load }
}

/** Kills the oldest of a fleet and starts another one in its place. */
const replaceOldest = async (fleet: Instance[], launch: () => Promise<Instance>): Promise<Instance> => {
  const oldest = fleet.shift()
  oldest?.child.signal('SIGKILL')
  await oldest?.child.exited
  const next = await launch()
  fleet.push(next)
  return next
}

/** Counts at the sink what came of all that was sent. */
const settle = async (place: Place, load: TracedLoad): Promise<void> => {
  const sent = await load.stop()
  await place.carried()
  const account = accountOf(sent, await place.copies())
  expect(account).toMatchObject({ lost: [], invented: [], doubled: [], overcounted: [] })
  expect(sent.every(({ acknowledged }) => acknowledged)).toBe(true)
  // A client has one event under way, so that a kill leaves no more than one of each whose end nobody knows.
  expect(account.sentAgain).toBeLessThanOrEqual(KILLS * CLIENTS)
  expect(account.writtenAgain).toBeLessThanOrEqual(KILLS * CLIENTS)
  expect(await place.rows()).toBe(await place.records())
}

const stopAll = async (instances: readonly Instance[]): Promise<void> => {
  const exits = await Promise.all(instances.map(({ child }) => child.stop(20_000)))
  expect(exits.map(({ code }) => code)).toEqual(instances.map(() => 0))
}
