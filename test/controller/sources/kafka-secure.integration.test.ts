import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SourceSettings } from '../../../controller/sources/index.ts'
import { prepareBroker } from '../../../scripts/kafka/broker.ts'
import { findKafka } from '../../../scripts/kafka/home.ts'
import { freePort, type Running, start, tempFolder } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import { deps } from './wire.ts'

const USER = 'capuchin'
const PASSWORD = 'as-secret-as-it-gets'
/** A broker lets those wait for 100 ms whom it does not let in. */
const INTERVAL = 1_000

let folder = ''
let port = 0
let server: Running | undefined

needs('kafka')('a broker that wants TLS and a password', () => {
  beforeAll(async () => {
    folder = await tempFolder('secure')
    await certify('server')
    await certify('other')
    writeFileSync(join(folder, 'password'), `${PASSWORD}\n`)
    writeFileSync(join(folder, 'wrong'), 'not-it')
    port = await freePort()
    server = await launch()
  })
  afterAll(() => server?.stop())

  const sasl = { username: USER, passwordFile: 'password' }
  const sound = { ssl: true, ca: 'server.crt', sasl }

  test.for<[string, object]>([
    ['SCRAM-SHA-512, by default', sound],
    ['SCRAM-SHA-256', { ...sound, sasl: { ...sasl, mechanism: 'SCRAM-SHA-256' } }],
  ])('answers %s', { timeout: 150_000 }, async ([, settings]) => {
    // There is no topic: that it can tell is enough to know that it was let in.
    await untilMissing(settings, /there is no topic loader/)
  })

  test.for<[string, object, RegExp]>([
    [
      'a wrong password',
      { ...sound, sasl: { ...sasl, passwordFile: 'wrong' } },
      /does not let us in: check sasl of the source/,
    ],
    [
      'a mechanism that it does not have',
      { ...sound, sasl: { ...sasl, mechanism: 'PLAIN' } },
      /does not let us in: check sasl of the source, its mechanism/,
    ],
    [
      'the certificate of another',
      { ...sound, ca: 'other.crt' },
      /has a certificate that is not trusted: set ca of the source/,
    ],
    ['no TLS', { sasl }, /.+/],
    [
      'a password file that is not there',
      { ...sound, sasl: { ...sasl, passwordFile: 'absent' } },
      /a file of its settings cannot be read: ENOENT.*absent/,
    ],
  ])('refuses %s, and the reason says no secret', { timeout: 150_000 }, async ([, settings, detail]) => {
    const said = await untilMissing(settings, detail)
    expect(said).not.toContain(PASSWORD)
    expect(said).not.toContain('not-it')
    expect(said).not.toMatch(/there is no topic/)
  })
})

/** Waits until what is missing is told as wanted; answers the words. */
async function untilMissing(more: object, detail: RegExp): Promise<string> {
  const settings = SourceSettings.parse({
    ...{ type: 'kafka', brokers: [`127.0.0.1:${port}`], interval: `${INTERVAL}ms` },
    ...more,
  })
  const source = settings.open(deps({ readFile: (path) => readFileSync(join(folder, path), 'utf8') }))
  let last = ''
  try {
    return await until(
      async () => {
        const to = Date.now() - INTERVAL
        const times = { from: to - 2_000, to, step: INTERVAL, interval: INTERVAL }
        const question = { query: 'end(topic=loader)', per: 'workload', ...times } as const
        const reading = await source.read(question, AbortSignal.timeout(2_000))
        last = reading.kind === 'missing' ? reading.detail : reading.kind
        return !/nothing is known yet/.test(last) && detail.test(last) && last
      },
      { within: 120_000, what: String(detail) },
    )
  } catch (error) {
    throw new Error(`it said: ${last}`, { cause: error })
  } finally {
    await source.close()
  }
}

/** A broker with two listeners: one for itself, and one with TLS and passwords. */
async function launch(): Promise<Running> {
  const jars = findKafka(process.env)
  if (jars.kind === 'missing') throw new Error(jars.why)
  const [own, controllerPort, data] = [await freePort(), await freePort(), await tempFolder('kafka')]
  const [secure, plain] = [`SECURE://127.0.0.1:${port}`, `PLAINTEXT://127.0.0.1:${own}`]
  const module = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const { format, run } = prepareBroker({
    ...{ libs: jars.libs, folder: data, port: own, controllerPort },
    settings: {
      listeners: `${secure},${plain},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `${secure},${plain}`,
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.security.protocol.map': 'SECURE:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.secure.scram-sha-256.sasl.jaas.config': module,
      'listener.name.secure.scram-sha-512.sasl.jaas.config': module,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(folder, 'server.pem'),
    },
  })
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${USER},password=${PASSWORD}]`,
  ])
  const formatting = await start([...format, ...users])
  const { code } = await formatting.exited
  if (code !== 0) throw new Error(`Kafka's folder could not be formatted:\n${formatting.stderr()}`)
  return await start(run)
}

/** A certificate for 127.0.0.1 that is its own authority; `NAME.pem` holds it with its key. */
async function certify(name: string): Promise<void> {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const made = await start([
    ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-out', cert, '-keyout', key],
  ])
  const { code } = await made.exited
  if (code !== 0) throw new Error(made.stderr())
  writeFileSync(join(folder, `${name}.pem`), `${readFileSync(key, 'utf8')}${readFileSync(cert, 'utf8')}`)
}
