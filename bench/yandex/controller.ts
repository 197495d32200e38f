import type { Prober } from '../../controller/loop/deps.ts'
import { scripted, values } from '../../controller/sources/scripted.ts'
import { runTicks } from '../controller/run-ticks.ts'

/**
 * The controller that is measured: all of it is real, the Yandex provider too, but sources, which answer at once with a load inside the
 * band, and probes, which find everybody ready. Arguments: settings file, number of ticks, ms from one to the next, load.
 */
const [config = '', ticks = '1', every = '3000', load = '0'] = process.argv.slice(2)

await runTicks(config, Number(ticks), Number(every), ({ parts, now }) => {
  const prober: Prober = {
    watch() {},
    healthOf: () => ({ kind: 'ready', since: now - 3_600_000 }),
    firstRound: async () => {},
    close: async () => {},
  }
  const sources = new Map([['main', scripted(values(() => Number(load)))]])
  return { providers: parts.providers, prober, sources }
})
