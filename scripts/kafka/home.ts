import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The Apache Kafka that tests, demo and benchmarks start where KAFKA_HOME names no other. */
export const KAFKA_VERSION = '4.3.1'

/** Binds Kafka's log to log4j 2, which Maven's dependencies of Kafka alone do not. */
const LOG_BINDING_VERSION = '2.25.4'

export type Environment = Readonly<Record<string, string | undefined>>

/** A folder of jars, or why there is none and what to do. */
export type KafkaJars = { kind: 'found'; libs: string } | { kind: 'missing'; why: string }

/** Looks into KAFKA_HOME, or else into the cache that `fetchKafka` fills. Starts nothing. */
export function findKafka(env: Environment): KafkaJars {
  const home = env['KAFKA_HOME']
  if (home) return holdsKafka(join(home, 'libs')) ? found(join(home, 'libs')) : notAHome(home)
  const libs = cacheOf(env)
  if (holdsKafka(libs)) return found(libs)
  return {
    kind: 'missing',
    why: 'Apache Kafka is not there: set KAFKA_HOME, or have Java 17 and mvn (Maven)',
  }
}

/** As `findKafka`, and fetches Kafka from Maven Central into the cache first where it is missing. Takes up to `within` ms. */
export function fetchKafka(env: Environment, within = 300_000): KafkaJars {
  const known = findKafka(env)
  if (known.kind === 'found' || env['KAFKA_HOME']) return known
  const libs = cacheOf(env)
  mkdirSync(join(libs, '..'), { recursive: true })
  const work = mkdtempSync(`${libs}-fetching-`)
  try {
    writeFileSync(join(work, 'pom.xml'), POM)
    const args = [
      '-q',
      '-B',
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      '-DoutputDirectory=libs',
    ]
    const run = spawnSync('mvn', args, { cwd: work, timeout: within, encoding: 'utf8', env: { ...env } })
    if (run.status !== 0) return { kind: 'missing', why: sayFailure(run) }
    // Whoever fetched it at the same time has the same files.
    if (!holdsKafka(libs)) renameSync(join(work, 'libs'), libs)
    return findKafka(env)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const found = (libs: string): KafkaJars => ({ kind: 'found', libs })

const notAHome = (home: string): KafkaJars => ({
  kind: 'missing',
  why: `KAFKA_HOME=${home} holds no Kafka: there is no kafka_*.jar in its folder libs`,
})

const cacheOf = (env: Environment): string =>
  join(
    env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'),
    'capuchin',
    `kafka-${KAFKA_VERSION}`,
  )

const holdsKafka = (libs: string): boolean =>
  existsSync(libs) && readdirSync(libs).some((file) => /^kafka_.*\.jar$/.test(file))

function sayFailure({
  error,
  stdout,
  stderr,
}: {
  error?: Error
  stdout: string | null
  stderr: string | null
}): string {
  const said = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').find((line) => line.includes('ERROR'))
  return `Kafka could not be fetched with mvn: ${error?.message ?? said?.trim() ?? 'it gave no reason'}`
}

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>capuchin</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG_BINDING_VERSION)}
</dependencies></project>
`
