import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provideServers } from './provide.ts'
import { closingLines, readReport } from './test-report.ts'

// `npm test`: makes sure of the servers that suites start, runs the unit, the integration and the endurance tier, and closes with
// the time of each tier and one line "N passed, N failed, N skipped". Arguments go to vitest: `npm test -- --coverage`.

const root = join(import.meta.dirname, '..')

const main = (args: readonly string[]): number => {
  provideServers(root)
  const folder = mkdtempSync(join(tmpdir(), 'capuchin-npm-test-'))
  try {
    const report = join(folder, 'report.json')
    const status = runVitest(args, report)
    for (const line of closingLines(readReport(report), status)) console.log(line)
    return status
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the tiers in one vitest, so that coverage is one figure. Answers its exit code. */
const runVitest = (args: readonly string[], report: string): number => {
  const tiers = args.some((arg) => arg.startsWith('--project'))
    ? []
    : ['--project=unit', '--project=integration', '--project=endurance']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const run = spawnSync(process.execPath, [vitest, 'run', ...tiers, ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  return run.status ?? 1
}

process.exitCode = main(process.argv.slice(2))
