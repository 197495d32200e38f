import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gatewayCommand, makePlace, type Place } from '../support/controller.ts'

/** A place in which a marked secret stands wherever one can stand. */
export type CanaryScene = {
  place: Place
  /** By where it stands: what must not be seen anywhere. */
  secrets: Readonly<Record<string, string>>
  /** How many requests carried one: that it was used at all. */
  carried(): number
  close(): Promise<void>
}

/** Everything that a server of others may say is what it was told: the worst that can be written into an error. */
async function startMirror(mark: string) {
  let carried = 0
  const server = createServer((request, response) => {
    const told = `${request.url} ${JSON.stringify(request.headers)}`
    if (told.includes(mark) || told.includes('Basic ')) carried += 1
    response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': told.slice(0, 400) })
    response.end(JSON.stringify({ status: 'error', errorType: 'unauthorized', error: told }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, carried: () => carried, close }
}

const files = [
  'operator',
  'password',
  'bearer',
  'kafka',
  'pager',
  'hook',
  'relay-env',
  'run-env',
  'header',
  'hook-header',
  'hook-url',
  'yandex',
] as const

export async function canaryScene(): Promise<CanaryScene> {
  const mark = `canary${randomUUID().replaceAll('-', '')}`
  const secrets = Object.fromEntries(files.map((name) => [name, `${mark}-${name}`]))
  const mirror = await startMirror(mark)
  const place = await makePlace({
    settings: (ports) => settingsOf(mirror.url, secrets, ports.base),
    policies: { ingest: policyOf(secrets) },
  })
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(place.folder, name), text, { mode: 0o600 })
  for (const name of ['operator', 'password', 'bearer', 'kafka', 'pager'] as const)
    await write(name, `${secrets[name]}\n`)
  await write('hook', `${mirror.url}/hooks/${secrets['hook']}\n`)
  await write(
    'key.json',
    JSON.stringify({
      id: 'a',
      service_account_id: 'b',
      private_key: `-----BEGIN PRIVATE KEY-----\n${secrets['yandex']}\n-----END PRIVATE KEY-----`,
    }),
  )
  const basic = Buffer.from(`capuchin:${secrets['password']}`).toString('base64')
  return { place, secrets: { mark, basic, ...secrets }, carried: mirror.carried, close: mirror.close }
}

type Secrets = Readonly<Record<string, string>>

function settingsOf(url: string, secrets: Secrets, portBase: number): object {
  const interval = '1s'
  const all = ['alarm', 'size', 'host', 'override', 'files', 'controller']
  return {
    tick: '1s',
    log: { level: 'debug' },
    sources: {
      main: { type: 'prometheus', url, interval, basic: { username: 'capuchin', passwordFile: 'password' } },
      tenant: { type: 'prometheus', url, interval, headers: { 'X-Scope-Secret': secrets['header'] } },
      old: { type: 'graphite', url, interval, bearerFile: 'bearer' },
      events: {
        type: 'kafka',
        brokers: ['127.0.0.1:1'],
        interval,
        sasl: { mechanism: 'PLAIN', username: 'capuchin', passwordFile: 'kafka' },
      },
      pager: { type: 'alert', interval, tokenFile: 'pager' },
    },
    notify: {
      hook: {
        type: 'webhook',
        urlFile: 'hook',
        events: all,
        headers: { 'X-Api-Key': secrets['hook-header'] },
      },
      plain: {
        type: 'webhook',
        url: `${url}/services/${secrets['hook-url']}`,
        events: all,
        bearerFile: 'bearer',
      },
      pages: {
        type: 'alertmanager',
        urls: [url],
        headerFiles: { 'X-Api-Key': 'password' },
        bearerFile: 'bearer',
      },
    },
    telemetry: { graphite: { address: '127.0.0.1:1', every: '1s' } },
    pools: {
      local: poolOf(secrets, portBase),
      edge: {
        provider: 'yandex',
        slots: 1,
        hosts: { min: 0, max: 1 },
        endpoint: '127.0.0.1:1',
        auth: { keyFile: 'key.json' },
        template: {
          folder: 'b1gexample',
          cores: 2,
          memory: '4GiB',
          subnets: { 'ru-central1-a': 'e9bexample' },
        },
      },
    },
    publish: { dir: './published' },
    policies: './policies',
  }
}

const poolOf = (secrets: Secrets, portBase: number): object => ({
  provider: 'process',
  slots: 2,
  hosts: { min: 1, max: 2 },
  portBase,
  system: [{ name: 'beside', command: ['sh', '-c', 'exit 3'], env: { API_KEY: secrets['relay-env'] } }],
})

function policyOf(secrets: Secrets): object {
  const rule = (name: string, source: string, query: string): object => ({
    name,
    source,
    query,
    per: 'workload',
    window: '5s',
    interval: '1s',
    integral: { above: 300, below: 100 },
  })
  return {
    workload: 'ingest',
    pool: 'local',
    run: {
      command: gatewayCommand,
      env: { API_KEY: secrets['run-env'] },
      probe: { http: '/ready', every: '1s' },
      drain: { http: '/drain', grace: '5s' },
    },
    size: { min: 1, max: 2 },
    rules: [
      rule('by-password', 'main', 'sum(rate(a[4s]))'),
      rule('by-header', 'tenant', 'sum(rate(a[4s]))'),
      rule('by-bearer', 'old', 'sumSeries(a.*.b)'),
      rule('by-kafka', 'events', 'lag(group=g, topic=t)'),
    ],
  }
}
