import { expect, test } from 'vitest'
import { closingLines, type Report } from '../../scripts/test-report.ts'

type File = Report['testResults'][number]

const file = (name: string, startTime: number, endTime: number, more: Partial<File> = {}): File => ({
  name,
  status: 'passed',
  startTime,
  endTime,
  assertionResults: [{}],
  ...more,
})

const report = (testResults: File[], passed: number, failed: number, skipped: number): Report => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  testResults,
})

const unit = file('/p/test/a.test.ts', 1_000, 3_500)
const integration = file('/p/test/b.integration.test.ts', 4_000, 490_000)
const broken = file('/p/test/c.test.ts', 2_000, 2_001, { status: 'failed', assertionResults: [] })

test.for([
  {
    name: 'each tier with its time, and the count last',
    report: report([unit, integration], 7, 0, 2),
    status: 0,
    lines: [
      'unit: 1 files in 2.5 s (budget 30 s)',
      'integration: 1 files in 486.0 s (budget 480 s, OVER BUDGET)',
      '7 passed, 0 failed, 2 skipped',
    ],
  },
  {
    name: 'a file that could not be loaded is a failure',
    report: report([unit, broken], 7, 1, 0),
    status: 1,
    lines: ['unit: 2 files in 2.5 s (budget 30 s)', '7 passed, 2 failed, 0 skipped'],
  },
  {
    name: 'a run that failed with no failed test is a failure',
    report: report([unit], 7, 0, 0),
    status: 1,
    lines: [
      'unit: 1 files in 2.5 s (budget 30 s)',
      'npm test: no test failed, but the run did: see above',
      '7 passed, 1 failed, 0 skipped',
    ],
  },
  {
    name: 'a run without a report is a failure',
    report: undefined,
    status: 1,
    lines: ['npm test: vitest wrote no report', '0 passed, 1 failed'],
  },
])('$name', ({ report, status, lines }) => expect(closingLines(report, status)).toEqual(lines))
