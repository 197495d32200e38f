import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

// Tiers: unit has no servers and no subprocesses and is quick; integration starts real ones on loopback; endurance tells
// thousands of stories and kills things again and again; long is run by hand.
// The forks pool keeps every test in a main thread, because pdeathsig follows the thread that spawned a child. Tiers
// run one after the other (groupOrder; 0 would be vitest's "no order given").
type Tier = {
  order: number
  include: string
  exclude: string[]
  testTimeout: number
  maxWorkers: string | number
  isolate: boolean
}

const tier = (name: string, { order, include, exclude, testTimeout, maxWorkers, isolate }: Tier) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    exclude,
    testTimeout,
    hookTimeout: testTimeout,
    maxWorkers,
    setupFiles: ['./test/support/clean-up.ts'],
    isolate,
    pool: 'forks' as const,
    sequence: { groupOrder: order },
  },
})

const unit = {
  order: 1,
  include: 'test/**/*.test.ts',
  exclude: ['test/**/*.{integration,endurance,long}.test.ts'],
  // Long, so that a busy machine fails nothing: how quick the tier is, is told at its end.
  testTimeout: 60_000,
  maxWorkers: '100%',
  // Files share a process and what they have imported: importing it anew for each took more than half of the time.
  isolate: false,
}
// Two files at a time: these tests mostly wait for processes of their own.
const integration = {
  order: 2,
  include: 'test/**/*.integration.test.ts',
  exclude: [],
  testTimeout: 180_000,
  maxWorkers: 2,
  isolate: true,
}
const endurance = { ...integration, order: 3, include: 'test/**/*.endurance.test.ts', testTimeout: 400_000 }
const long = { ...integration, order: 4, include: 'test/**/*.long.test.ts', testTimeout: 3_600_000 }

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'custom',
      customProviderModule: './test/support/coverage.ts',
      include: [
        'controller/**/*.ts',
        'ingest/**/*.ts',
        'relay/**/*.ts',
        'dashboards/**/*.ts',
        'demo/**/*.ts',
      ],
      // What runs in processes that tests start counts too, where they end by themselves or by a handled signal.
      autoAttachSubprocess: true,
      reportOnFailure: true,
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80 },
    },
    projects: [
      tier('unit', unit),
      tier('integration', integration),
      tier('endurance', endurance),
      tier('long', long),
    ],
  },
})
