import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

// The fields of vitest's JSON report that the closing lines need. Times are epoch milliseconds.
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(z.unknown()),
    }),
  ),
})
export type Report = z.infer<typeof Report>

/** Vitest's report, or undefined where vitest ended before it wrote one. */
export const readReport = (file: string): Report | undefined =>
  existsSync(file) ? Report.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined

// A tier's time is from the start of its first file to the end of its last; the budgets are CONTRIBUTING's.
const tiers = [
  {
    name: 'unit',
    budgetSeconds: 30,
    isOf: (file: string) => !/\.(integration|endurance)\.test\.ts$/.test(file),
  },
  { name: 'integration', budgetSeconds: 480, isOf: (file: string) => file.endsWith('.integration.test.ts') },
  { name: 'endurance', budgetSeconds: 900, isOf: (file: string) => file.endsWith('.endurance.test.ts') },
]

/**
 * What `npm test` closes with: a line for each tier, then "N passed, N failed, N skipped" alone on a line. A file that
 * could not be loaded counts as one failure, and so does a run that failed with no failed test (coverage, a crash).
 */
export const closingLines = (report: Report | undefined, status: number): string[] => {
  if (report === undefined) return ['npm test: vitest wrote no report', '0 passed, 1 failed']
  const unloaded = report.testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && assertionResults.length === 0
  })
  const failed = report.numFailedTests + unloaded.length
  const others = failed === 0 && status !== 0 ? ['npm test: no test failed, but the run did: see above'] : []
  const counted = failed === 0 && status !== 0 ? 1 : failed
  const closing = `${report.numPassedTests} passed, ${counted} failed, ${report.numPendingTests} skipped`
  return [...tiers.flatMap((tier) => tierLine(report, tier)), ...others, closing]
}

const tierLine = (report: Report, { name, budgetSeconds, isOf }: (typeof tiers)[number]): string[] => {
  const files = report.testResults.filter((file) => isOf(file.name))
  if (files.length === 0) return []
  const start = Math.min(...files.map((file) => file.startTime))
  const end = Math.max(...files.map((file) => file.endTime))
  const seconds = (end - start) / 1000
  const over = seconds > budgetSeconds ? ', OVER BUDGET' : ''
  return [`${name}: ${files.length} files in ${seconds.toFixed(1)} s (budget ${budgetSeconds} s${over})`]
}
