import { expect, test } from 'vitest'
import { startGraphite } from '../support/graphite.ts'
import { tempFolder } from '../support/process.ts'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import { rendered, startHost } from './host.ts'

needs(
  'graphite-carbon',
  'graphite-web',
  'gunicorn',
)('the relay and a Graphite in trouble', () => {
  test('carbon is killed and frozen, the relay is killed in between: each value can be read in the end', async () => {
    const graphite = await startGraphite()
    const dir = await tempFolder('relay')
    const manner = ['--confirm-every', '1s', '--answer-within', '1s', '--resend-rate', '20000']
    const host = await startHost(graphite.port, dir, ...manner)
    const begin = Math.floor(Date.now() / 1_000) - 6_000
    let count = 0
    const paths = ['fine.relay.a', 'fine.relay.b', 'fine.relay.c;host=x']

    /** So many bursts of 20 values for each path, in some real time. */
    const traffic = async (bursts: number) => {
      for (let burst = 0; burst < bursts; burst++) {
        const lines: string[] = []
        for (let value = 0; value < 20; value++) {
          count += 1
          for (const path of paths) lines.push(`${path} ${count} ${begin + count}`)
        }
        await host.send(lines)
        await new Promise((resolve) => setTimeout(resolve, 40))
      }
    }

    await traffic(20)
    await graphite.carbon.kill()
    await traffic(20)
    await host.settled()
    await host.crash()
    await traffic(10)
    await graphite.carbon.restart()
    await traffic(20)
    await graphite.carbon.kill()
    await graphite.carbon.restart()
    await traffic(20)
    graphite.carbon.freeze()
    await traffic(20)
    await until(async () => (await host.metric('connected')) === 0, {
      within: 60_000,
      what: 'the relay to see that carbon is frozen',
    })
    await host.settled()
    await host.crash()
    graphite.carbon.thaw()
    await traffic(10)

    const all = Array.from({ length: count }, (_, index) => [begin + index + 1, index + 1] as const)
    for (const path of paths) {
      await until(
        async () => {
          const values = await rendered(graphite.url, path, begin, begin + count)
          return all.every(([t, value]) => values.get(t) === value)
        },
        { within: 60_000, every: 250, what: `Graphite to show all of ${path}` },
      )
    }
    await until(async () => (await host.metric('lines_waiting')) === 0, {
      within: 60_000,
      what: 'nothing to wait',
    })
    expect(await host.metric('lines_dropped_total')).toBe(0)
    expect(await host.relay().stop(15_000)).toEqual({ code: 0, signal: null })
  })
})
