import { openFleet } from './fleet.ts'
import { runTicks } from './run-ticks.ts'

/**
 * The controller that is measured: settings, policies, Prometheus source, file store, file history, publishers, metrics and log are
 * real; hosts and probes are not. Arguments: settings file, number of ticks, ms from one to the next.
 */
const [config = '', ticks = '1', every = '3000'] = process.argv.slice(2)

await runTicks(config, Number(ticks), Number(every), ({ parts, settings, state, now }) => {
  const { provider, prober } = openFleet(state, settings.name, parts.store.epoch, now - 3_600_000)
  const providers = new Map([...settings.pools.keys()].map((name) => [name, provider]))
  return { providers, prober, sources: parts.sources }
})
