import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The tests that take longest, of their tier. By turns one that computes and one that mostly waits, since two run at a time. */
const longest = [
  'test/controller/loop/crash.endurance.test.ts',
  'test/dashboards/events.endurance.test.ts',
  'test/e2e/kafka-loop.endurance.test.ts',
  'test/e2e/yandex-crash.endurance.test.ts',
  'test/demo/demo-yandex.endurance.test.ts',
  'test/controller/loop/promises.endurance.test.ts',
  'test/demo/demo-kafka.endurance.test.ts',
  'test/e2e/kafka-kill.endurance.test.ts',
  'test/docs/walk.endurance.test.ts',
  'test/e2e/bad-surroundings.endurance.test.ts',
  'test/e2e/kill.endurance.test.ts',
  'test/gates/check.endurance.test.ts',
  'test/e2e/prometheus.integration.test.ts',
  'test/demo/demo.endurance.test.ts',
  'test/controller/sources/kafka.integration.test.ts',
  'test/e2e/heal.integration.test.ts',
  'test/e2e/commands.integration.test.ts',
  'test/ingest/consumer/group.integration.test.ts',
  'test/e2e/bad-input.integration.test.ts',
  'test/e2e/status.integration.test.ts',
  'test/e2e/drain.integration.test.ts',
]

const rank = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((name) => moduleId.endsWith(name))
  return at === -1 ? longest.length : at
}

/** Begins with the files that take longest, so that none of them is left alone at the end; a fresh clone knows no durations. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files)
    return usual.toSorted((a, b) => rank(a) - rank(b))
  }
}
