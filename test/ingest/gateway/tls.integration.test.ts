import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { TLSSocket } from 'node:tls'
import { beforeAll, expect, test } from 'vitest'
import type { TlsFiles } from '../../../ingest/gateway/tls-pair.ts'
import { start, tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import { filesIn, makeCertificate, putInUse } from './certificates.ts'
import { exchange, type Gateway, gatewayCommand, startGateway } from './gateway.ts'

const made: Record<'first' | 'second' | 'expired', TlsFiles> = {
  first: { cert: '', key: '' },
  second: { cert: '', key: '' },
  expired: { cert: '', key: '' },
}
let authorities: Buffer[] = []

beforeAll(async () => {
  const dir = await tempFolder('certificates')
  made.first = await makeCertificate(dir, 'first', 2)
  made.second = await makeCertificate(dir, 'second', 5)
  made.expired = await makeCertificate(dir, 'expired', -1)
  authorities = await Promise.all(Object.values(made).map(({ cert }) => readFile(cert)))
})

/** A gateway with a certificate in a folder of its own. */
const startSecured = async (first: TlsFiles = made.first) => {
  const dir = await tempFolder('tls')
  await putInUse(dir, first)
  const { cert, key } = filesIn(dir)
  return { dir, gateway: await startGateway({ args: ['--tls-cert', cert, '--tls-key', key] }) }
}

type Seen = { status: number | undefined; text: string; certificate: string }

/** One request over a connection that trusts the certificates made here and nobody else. */
const ask = ({ port }: Gateway, method: string, path: string, body = '', agent?: Agent): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const options = {
      port,
      method,
      path,
      ca: authorities,
      servername: 'localhost',
      ...(agent ? { agent } : {}),
    }
    const sent = request({ host: '127.0.0.1', ...options, agent: agent ?? new Agent() }, (response) => {
      const certificate =
        response.socket instanceof TLSSocket ? response.socket.getPeerCertificate().subject.CN : ''
      let text = ''
      response.on('data', (chunk) => {
        text += String(chunk)
      })
      response.on('end', () =>
        resolve({ status: response.statusCode, text, certificate: String(certificate) }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })

/** Files are looked at every second. */
const PATIENCE = { within: 20_000 }

const served = async (gateway: Gateway) => (await ask(gateway, 'GET', '/status')).certificate
const logged = (gateway: Gateway, text: string) => gateway.child.stdout().split(text).length - 1
const notAfter = async (gateway: Gateway) => {
  const { text } = await ask(gateway, 'GET', '/metrics')
  return Number(/^ingest_tls_not_after_seconds (\S+)$/m.exec(text)?.[1])
}
const endOf = async ({ cert }: TlsFiles) =>
  new X509Certificate(await readFile(cert)).validToDate.getTime() / 1_000

test('events are taken over HTTPS, and the end of the certificate is a metric', async () => {
  const { gateway } = await startSecured()
  expect(await ask(gateway, 'POST', '/post', '{"a":1}')).toEqual({
    status: 200,
    text: '{"status":"ok","partition":0,"Offset":0}\n',
    certificate: 'first',
  })
  expect((await ask(gateway, 'POST', '/post/batch', '[{},{}]')).status).toBe(200)
  expect(await notAfter(gateway)).toBe(await endOf(made.first))
})

test('a certificate whose files are replaced serves new connections, and those that are open stay', async () => {
  const { gateway, dir } = await startSecured()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await ask(gateway, 'POST', '/post', '{"n":0}', agent)
  await putInUse(dir, made.second)
  await until(async () => (await served(gateway)) === 'second', PATIENCE)
  expect((await ask(gateway, 'POST', '/post', '{"n":1}', agent)).certificate).toBe('first')
  agent.destroy()
  expect(await notAfter(gateway)).toBe(await endOf(made.second))
})

test('a pair that does not fit, is damaged or has expired is told once, and the old one stays in force', async () => {
  const { gateway, dir } = await startSecured()
  const kept = 'the certificate in force is kept'
  await putInUse(dir, { cert: made.second.cert, key: made.first.key })
  await until(() => logged(gateway, kept) === 1, PATIENCE)
  await putInUse(dir, { cert: made.first.key, key: made.first.key })
  await until(() => logged(gateway, kept) === 2, PATIENCE)
  await putInUse(dir, made.expired)
  await until(() => logged(gateway, 'has expired') === 1, PATIENCE)
  expect([await served(gateway), await notAfter(gateway)]).toEqual(['first', await endOf(made.first)])
  await putInUse(dir, made.second)
  await until(async () => (await served(gateway)) === 'second', PATIENCE)
  expect(logged(gateway, kept)).toBe(3)
})

test('SIGHUP reads the files at once, changed or not', async () => {
  const { gateway } = await startSecured()
  gateway.child.signal('SIGHUP')
  await until(() => logged(gateway, 'the certificate is renewed') === 1, PATIENCE)
  expect(await served(gateway)).toBe('first')
})

test('a client that speaks plain HTTP, or noise, or nothing at all, does no harm', async () => {
  const { gateway } = await startSecured()
  expect(await exchange(gateway.port, 'GET /status HTTP/1.1\r\nHost: t\r\n\r\n')).not.toContain('ok\n')
  await exchange(gateway.port, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 noise\r\n\r\n'.repeat(50))
  const silent = connectPlain(gateway.port, '127.0.0.1')
  await new Promise((resolve) => silent.once('connect', resolve))
  expect((await ask(gateway, 'POST', '/post', '{}')).status).toBe(200)
  const told = performance.now()
  gateway.child.signal('SIGTERM')
  expect(await gateway.child.exited).toEqual({ code: 0, signal: null })
  expect(performance.now() - told).toBeLessThan(7_000)
  silent.destroy()
})

test.for([
  {
    name: 'a key that does not belong to the certificate',
    files: () => ({ cert: made.second.cert, key: made.first.key }),
  },
  { name: 'a file that is not there', files: () => ({ cert: made.first.cert, key: '/nowhere/key' }) },
])('it does not start with $name, and says so', async ({ files }) => {
  const { cert, key } = files()
  const args = ['--addr', '127.0.0.1:0', '--sink', 'file', '--dir', await tempFolder('gateway')]
  const child = await start(gatewayCommand(...args, '--tls-cert', cert, '--tls-key', key))
  expect(await child.exited).toEqual({ code: 1, signal: null })
  expect(child.stderr()).toMatch(/^ingest: .* and .* cannot be used: .+\n$/)
})
