import type { Run } from '../../../controller/decision/policy.ts'
import { type Cloud, memoryCloud } from '../../../controller/providers/memory/cloud.ts'
import { memoryProvider } from '../../../controller/providers/memory/memory.ts'
import { type Bench, providerContract } from '../../contract/provider.ts'

const run: Run = {
  command: ['serve'],
  env: {},
  slots: 1,
  probe: { target: { kind: 'tcp' }, every: 1_000, timeout: 500, failures: 3, startWithin: 10_000 },
  drain: { grace: 30_000 },
  version: '1',
}

/** A cloud and the clock that drives it. */
function sky(weather: Parameters<typeof memoryCloud>[1] = {}): { cloud: Cloud; wait(ms: number): void } {
  let now = 1_000_000
  const cloud = memoryCloud(() => now, weather)
  return {
    cloud,
    wait: (ms) => {
      now += ms
    },
  }
}

const weathers = [
  { name: 'in fair weather', weather: {} },
  {
    name: 'where everything takes its time',
    weather: {
      bootDelay: () => 30_000,
      startDelay: () => 3_000,
      stopTime: 2_000,
      drainTime: 1_000,
      deleteTime: 20_000,
    },
  },
]
for (const { name, weather } of weathers) {
  providerContract(`memory, ${name}`, async (): Promise<Bench> => {
    const { cloud, wait } = sky(weather)
    return {
      open: (pool) => memoryProvider(cloud, pool.name),
      run,
      until: async (check, what) => {
        for (let i = 0; i < 1_000; i++) {
          const seen = await check()
          if (seen) return seen
          wait(500)
        }
        throw new Error(`waited in vain for ${what}`)
      },
      settle: async () => wait(120_000),
      lose: async (host) => cloud.stop(host),
      processOf: async (instance) => {
        const living = cloud.processes().find((process) => process.instance === instance)
        return living === undefined ? undefined : `${living.host} ${living.pid}`
      },
      close: async () => undefined,
    }
  })
}
