import { defineConfig } from 'vitest/config'

// Tiers: unit has no servers and no subprocesses; integration starts real ones on loopback; long is run by hand.
// The forks pool keeps every test in a main thread, because pdeathsig follows the thread that spawned a child.
const tier = (name: string, include: string[], exclude: string[], testTimeout: number) => ({
  extends: true as const,
  test: { name, include, exclude, testTimeout, hookTimeout: testTimeout, pool: 'forks' as const },
})

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['controller/**/*.ts', 'ingest/**/*.ts', 'demo/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80 },
    },
    projects: [
      tier('unit', ['test/**/*.test.ts'], ['test/**/*.integration.test.ts', 'test/**/*.long.test.ts'], 10_000),
      tier('integration', ['test/**/*.integration.test.ts'], [], 120_000),
      tier('long', ['test/**/*.long.test.ts'], [], 3_600_000),
    ],
  },
})
