import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { boardNames } from '../../dashboards/files.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Service {
  network_mode?: string
  ports?: string[]
  volumes?: string[]
  environment?: Record<string, string>
}

const { services }: { services: Record<string, Service> } = parse(read('docker-compose.yml'), { merge: true })
const partsOf = (name: string): Service => services[name] ?? {}

/** What a service mounts from the repository, by where it finds it. */
const mountsOf = (name: string): Map<string, string> =>
  new Map(
    (partsOf(name).volumes ?? [])
      .map((volume) => volume.split(':'))
      .flatMap(([from = '', to = '']) => (from.startsWith('./') ? [[to, from] as const] : [])),
  )

interface Scraping {
  rule_files: string[]
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] }
  scrape_configs: {
    job_name: string
    static_configs?: { targets: string[]; labels?: Record<string, string> }[]
  }[]
}
const scraping: Scraping = parse(read('deploy/compose/prometheus.yml'))

/** The port at which a job of Prometheus finds its target. */
const portOf = (job: string): string | undefined =>
  scraping.scrape_configs.find(({ job_name }) => job_name === job)?.static_configs?.[0]?.targets[0]

test('whatever is mounted from the repository is there', () => {
  const mounted = Object.keys(services).flatMap((name) => [...mountsOf(name).values()])
  expect(mounted.length).toBeGreaterThan(5)
  expect(mounted.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('whatever the image copies is sent to the engine', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  const sent = read('.dockerignore').split('\n')
  expect(copied).toContain('controller')
  expect(copied.filter((name) => !sent.includes(`!${name}`))).toEqual([])
})

test('nothing is led out further than to this machine', () => {
  const ports = Object.values(services).flatMap(({ ports: some = [] }) => some)
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
})

test('no service has a password in the file', () => {
  const names = Object.values(services).flatMap(({ environment = {} }) => Object.keys(environment))
  expect(names.filter((name) => /PASSWORD|SECRET|TOKEN/.test(name))).toEqual([])
})

describe('Prometheus', () => {
  test('loads the alert rules that are mounted', () => {
    expect(mountsOf('prometheus').get('/etc/prometheus/alerts')).toBe('./alerts')
    expect(scraping.rule_files).toEqual(['/etc/prometheus/alerts/*.rules.yml'])
  })

  test('finds Alertmanager and the exporter in the network that they share', () => {
    for (const name of ['prometheus', 'alertmanager', 'node-exporter'])
      expect(partsOf(name).network_mode).toBe('service:controller')
    const [alertmanager] = scraping.alerting.alertmanagers.flatMap(({ static_configs }) => static_configs)
    expect(alertmanager?.targets).toEqual(['127.0.0.1:9093'])
    expect(portOf('machine')).toBe('127.0.0.1:9100')
  })

  test('gives the exporter of the machine to the pool whose hosts are there', () => {
    const { pools }: { pools: object } = parse(read('deploy/compose/capuchin.yaml'))
    const [machine] =
      scraping.scrape_configs.find(({ job_name }) => job_name === 'machine')?.static_configs ?? []
    expect(Object.keys(pools)).toEqual([machine?.labels?.['pool']])
  })
})

describe('Grafana', () => {
  const mounts = mountsOf('grafana')
  const environment = partsOf('grafana').environment ?? {}

  test('is given the dashboards where its provisioning looks for them', () => {
    expect(mounts.get('/etc/grafana/provisioning')).toBe('./dashboards/provisioning')
    const { providers }: { providers: { options: { path: string } }[] } = parse(
      read('dashboards/provisioning/dashboards/capuchin.yaml'),
    )
    expect(providers.map(({ options }) => mounts.get(options.path))).toEqual(['./dashboards'])
    for (const name of boardNames) expect(existsSync(join(root, 'dashboards', `${name}.json`))).toBe(true)
  })

  test('opens on one of them', () => {
    const home = environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? ''
    expect(boardNames.map((name) => `${name}.json`)).toContain(basename(home))
  })

  test('asks the Prometheus of this file, by what its provisioning takes from the environment', () => {
    const provisioning = read('dashboards/provisioning/datasources/capuchin.yaml')
    const taken = [...provisioning.matchAll(/[$][{](\w+)[}]/g)].map(([, name = '']) => name)
    expect(taken.filter((name) => environment[name] === undefined)).toEqual([])
    expect(environment).toMatchObject({ PROMETHEUS_URL: 'http://controller:9090', SCRAPE_INTERVAL: '5s' })
    expect(parse(read('deploy/compose/prometheus.yml'))).toMatchObject({ global: { scrape_interval: '5s' } })
  })

  test('lets who comes look, and nobody in', () => {
    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    })
  })
})
