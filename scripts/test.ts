import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isInstalled, type ServerName, serverNames, servers } from './servers.ts'
import { suitesNeeding } from './suites.ts'
import { closingLines, readReport } from './test-report.ts'

// `npm test`: makes sure of the servers that suites start, runs the unit and then the integration tier, and closes with
// the time of each tier and one line "N passed, N failed, N skipped". Arguments go to vitest: `npm test -- --coverage`.

const root = join(import.meta.dirname, '..')

const main = (args: readonly string[]): number => {
  provideServers()
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

const missingServers = (): ServerName[] =>
  serverNames.filter((name) => !isInstalled(name, process.env['PATH'] ?? ''))

/** Installs what is missing where that is possible, and says which suites cannot run where it is not. */
const provideServers = (): void => {
  const missing = missingServers()
  if (missing.length === 0) return
  const packages = missing.map((name) => servers[name].package)
  if (canInstall()) {
    console.log(`npm test: installing ${packages.join(', ')} with apt-get (no daemon is started)`)
    spawnSync('sh', [join(root, 'scripts/install-packages.sh'), ...packages], { stdio: 'inherit' })
  }
  for (const name of missingServers()) sayMissing(name)
}

const canInstall = (): boolean => process.getuid?.() === 0 && existsSync('/etc/debian_version')

const sayMissing = (name: ServerName): void => {
  const effect = process.env['CI'] === 'true' ? 'CI=true, so these suites fail' : 'these suites are skipped'
  console.log(`npm test: ${name} is missing (Debian package ${servers[name].package}), ${effect}:`)
  for (const file of suitesNeeding(root, name)) console.log(`  ${file}`)
}

/** Runs the two tiers in one vitest, so that coverage is one figure. Answers its exit code. */
const runVitest = (args: readonly string[], report: string): number => {
  const tiers = args.some((arg) => arg.startsWith('--project'))
    ? []
    : ['--project=unit', '--project=integration']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const run = spawnSync(process.execPath, [vitest, 'run', ...tiers, ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  return run.status ?? 1
}

process.exitCode = main(process.argv.slice(2))
