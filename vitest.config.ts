import { defineConfig } from 'vitest/config'

// Tiers: unit has no servers and no subprocesses and is quick; integration starts real ones on loopback, and lets simulated
// worlds run for long; long is run by hand.
// The forks pool keeps every test in a main thread, because pdeathsig follows the thread that spawned a child. Tiers
// run one after the other (groupOrder; 0 would be vitest's "no order given").
type Tier = {
  order: number
  include: string
  exclude: string[]
  testTimeout: number
  maxWorkers: string | number
}

const tier = (name: string, { order, include, exclude, testTimeout, maxWorkers }: Tier) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    exclude,
    testTimeout,
    hookTimeout: testTimeout,
    maxWorkers,
    pool: 'forks' as const,
    sequence: { groupOrder: order },
  },
})

const unit = {
  order: 1,
  include: 'test/**/*.test.ts',
  exclude: ['test/**/*.integration.test.ts', 'test/**/*.long.test.ts'],
  testTimeout: 10_000,
  maxWorkers: '100%',
}
// One file at a time: these tests bring processes of their own, and what they judge takes time on a busy machine.
const integration = {
  order: 2,
  include: 'test/**/*.integration.test.ts',
  exclude: [],
  testTimeout: 120_000,
  maxWorkers: 1,
}
const long = { ...integration, order: 3, include: 'test/**/*.long.test.ts', testTimeout: 3_600_000 }

export default defineConfig({
  test: {
    coverage: {
      provider: 'custom',
      customProviderModule: './test/support/coverage.ts',
      include: ['controller/**/*.ts', 'ingest/**/*.ts', 'demo/**/*.ts'],
      // What runs in processes that tests start counts too, where they end by themselves or by a handled signal.
      autoAttachSubprocess: true,
      reportOnFailure: true,
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80 },
    },
    projects: [tier('unit', unit), tier('integration', integration), tier('long', long)],
  },
})
