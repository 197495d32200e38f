import { expect, test } from 'vitest'
import type { Deps } from '../../controller/loop/deps.ts'
import { values } from '../../controller/sources/scripted.ts'
import { aPolicy } from '../support/world.ts'
import { CODE, type FakeYandex } from '../support/yandex/fake.ts'
import { createYandexWorld, inContainers, openSky } from '../support/yandex-world.ts'

const HOUR = 3_600_000
const TICK = 240_000
const DAYS = 2

/** How often a token is asked for in two days, at least and at most: it lives 12 hours, and is to be asked for about each hour. */
const ROTATIONS = { least: 4, most: 2 * 24 * DAYS }

/** `given`: how often the cloud has been asked for a token. */
const ways = [
  {
    way: 'the key of a service account',
    auth: ({ keyFile }: FakeYandex) => ({ keyFile }),
    given: ({ log }: FakeYandex) => log.filter(({ service }) => service === 'IamTokenService').length,
    renews: false,
  },
  {
    way: 'the metadata service of its own VM',
    auth: ({ metadataUrl }: FakeYandex) => ({ metadata: metadataUrl }),
    given: undefined,
    renews: false,
  },
  {
    way: 'a file that somebody else keeps up',
    auth: ({ tokenFile }: FakeYandex) => ({ tokenFile }),
    given: undefined,
    renews: true,
  },
]

test.for(ways)(
  'tokens of 12 hours from $way: no call fails of it in 48 hours',
  async ({ auth, given, renews }) => {
    const sky = await openSky({ tokenTtl: 12 * HOUR })
    try {
      const { fake, clock } = sky
      const failed: string[] = []
      const listed = (deps: Deps): Deps => ({
        ...deps,
        observer: {
          ...deps.observer,
          listed: (_pool, outcome) => outcome === 'failed' && failed.push(new Date(clock.now).toISOString()),
        },
      })
      // Each quarter of a day something is placed or removed.
      const load = values((t) => (Math.floor(t / (6 * HOUR)) % 2 === 0 ? 130 : 300))
      const policies = [inContainers(aPolicy('ingest'))]
      const world = createYandexWorld({
        sky,
        policies,
        load,
        wrap: listed,
        tickEvery: TICK,
        pool: { auth: auth(fake) },
      })
      const controller = await world.start()
      const began = clock.now
      let renewedAt = began
      while (clock.now < began + DAYS * 24 * HOUR) {
        if (renews && clock.now >= renewedAt + 10 * HOUR) {
          await fake.renewTokenFile()
          renewedAt = clock.now
        }
        await controller.tick()
      }
      expect(failed).toEqual([])
      expect(fake.log.filter(({ code }) => code !== CODE.ok)).toEqual([])
      expect(fake.log.filter(({ method }) => method === 'UpdateMetadata').length).toBeGreaterThan(6)
      if (given !== undefined) {
        expect(given(fake)).toBeGreaterThanOrEqual(ROTATIONS.least)
        expect(given(fake)).toBeLessThanOrEqual(ROTATIONS.most)
      }
    } finally {
      await sky.close()
    }
  },
)

test('a token file that nobody keeps up: from the twelfth hour on the pool cannot be seen and nothing is touched, until it is renewed', async () => {
  const sky = await openSky({ tokenTtl: 12 * HOUR })
  try {
    const { fake, clock } = sky
    const policies = [inContainers(aPolicy('ingest'))]
    const pool = { auth: { tokenFile: fake.tokenFile } }
    const world = createYandexWorld({ sky, policies, load: values(() => 100), tickEvery: TICK, pool })
    const controller = await world.start()
    const began = clock.now
    const reasonAt = async (hours: number): Promise<string> => {
      let reason = ''
      while (clock.now < began + hours * HOUR)
        reason = (await controller.tick()).map((decision) => decision.reason).join()
      return reason
    }
    expect(await reasonAt(11.8)).toBe('inside-band')
    expect(await reasonAt(14)).toBe('blind')
    const blind = fake.log.filter(({ at }) => at >= began + 12.2 * HOUR)
    expect(blind.length).toBeGreaterThan(10)
    expect(blind.filter(({ code }) => code !== CODE.unauthenticated)).toEqual([])
    await fake.renewTokenFile()
    expect(await reasonAt(14.5)).toBe('inside-band')
    expect(fake.vms()).toHaveLength(2)
  } finally {
    await sky.close()
  }
})
