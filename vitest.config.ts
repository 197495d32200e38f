import { defineConfig } from 'vitest/config'

// Tiers: unit has no servers and no subprocesses; integration starts real ones on loopback; long is run by hand.
// The forks pool keeps every test in a main thread, because pdeathsig follows the thread that spawned a child. Tiers
// run one after the other, so that the times of the unit tier are not those of a busy machine.
const tier = (name: string, order: number, include: string[], exclude: string[], testTimeout: number) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude,
    testTimeout,
    hookTimeout: testTimeout,
    pool: 'forks' as const,
    sequence: { groupOrder: order },
  },
})

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['controller/**/*.ts', 'ingest/**/*.ts', 'demo/**/*.ts'],
      // What runs in processes that tests start counts too, where they end by themselves or by a handled signal.
      autoAttachSubprocess: true,
      reportOnFailure: true,
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80 },
    },
    projects: [
      tier(
        'unit',
        0,
        ['test/**/*.test.ts'],
        ['test/**/*.integration.test.ts', 'test/**/*.long.test.ts'],
        10_000,
      ),
      tier('integration', 2, ['test/**/*.integration.test.ts'], [], 120_000),
      tier('long', 3, ['test/**/*.long.test.ts'], [], 3_600_000),
    ],
  },
})
