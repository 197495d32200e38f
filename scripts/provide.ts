import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fetchKafka } from './kafka/home.ts'
import { isInstalled, isOnPath, type ServerName, serverNames, servers } from './servers.ts'
import { suitesNeeding } from './suites.ts'

const missingServers = (): ServerName[] => serverNames.filter((name) => !isInstalled(name, process.env))

/** Installs the servers that are missing where that is possible, and says which suites cannot run where it is not. */
export const provideServers = (root: string): void => {
  const missing = missingServers()
  if (missing.length === 0) return
  const packages = packagesFor(missing)
  if (packages.length > 0 && canInstall()) {
    console.log(`npm test: installing ${packages.join(', ')} with apt-get (no daemon is started)`)
    spawnSync('sh', [join(root, 'scripts/install-packages.sh'), ...packages], { stdio: 'inherit' })
  }
  if (missing.includes('kafka')) provideKafka()
  for (const name of missingServers()) sayMissing(name, root)
}

/** What apt-get has to bring: of Kafka only what its jars need. */
const packagesFor = (missing: readonly ServerName[]): string[] => {
  const lacking = missing.filter((name) => !isOnPath(servers[name].binary, process.env))
  const packages = lacking.map((name) => servers[name].package)
  const fetches = missing.includes('kafka') && !process.env['KAFKA_HOME']
  return fetches && !isOnPath('mvn', process.env) ? [...packages, 'maven'] : packages
}

const provideKafka = (): void => {
  if (!isOnPath('mvn', process.env) && !process.env['KAFKA_HOME']) return
  console.log('npm test: fetching Apache Kafka from Maven Central, about 45 MB, once')
  const jars = fetchKafka(process.env)
  if (jars.kind === 'missing') console.log(`npm test: ${jars.why}`)
}

const canInstall = (): boolean => process.getuid?.() === 0 && existsSync('/etc/debian_version')

const sayMissing = (name: ServerName, root: string): void => {
  const effect = process.env['CI'] === 'true' ? 'CI=true, so these suites fail' : 'these suites are skipped'
  console.log(`npm test: ${name} is missing (Debian package ${servers[name].package}), ${effect}:`)
  for (const file of suitesNeeding(root, name)) console.log(`  ${file}`)
}
