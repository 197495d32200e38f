import * as fs from 'node:fs/promises'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../../controller/commands/command.ts'
import { dispatch } from '../../../controller/commands/dispatch.ts'
import { commands } from '../../../controller/commands/index.ts'
import { diskFiles } from '../../../controller/files.ts'
import { listen } from '../../../controller/web/server.ts'
import { openTls, type Tls } from '../../../controller/web/tls.ts'
import { certify } from '../../support/certify.ts'
import { tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import { witness } from '../commands/support.ts'
import { type ApiWorld, anApi } from './api/world.ts'

// A server with a real certificate, and the commands that ask it.

let folder = ''
let api: ApiWorld
let port = 0
/** What looks at the files now and then, when it is told to. */
const looks: (() => void)[] = []
const told: string[] = []

const inPlace = async (name: string): Promise<void> => {
  for (const end of ['crt', 'key'])
    await copyFile(join(folder, `${name}.${end}`), join(folder, `server.${end}`))
}

beforeAll(async () => {
  folder = await tempFolder('tls')
  await Promise.all([certify(folder, 'first'), certify(folder, 'second', 'DNS:ops.example')])
  await inPlace('first')
  const opened = await openTls(
    { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') },
    {
      ...{ fs, now: () => Date.now() },
      every(_ms, run) {
        looks.push(run)
        return () => {}
      },
      renewed: (notAfter) => void told.push(notAfter > Date.now() ? 'renewed' : 'expired'),
      refused: (detail) => void told.push(detail),
    },
  )
  if (opened.kind === 'refused') throw new Error(opened.detail)
  const { tls }: { tls: Tls } = opened
  api = await anApi({ server: { tls } })
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  port = (api.app.server.address() as AddressInfo).port
  await mkdir(join(folder, 'policies'))
  await writeFile(
    join(folder, 'capuchin.yaml'),
    `pools: { edge: { provider: process, slots: 3, hosts: { min: 1, max: 2 }, portBase: 45100 } }
server: { listen: "127.0.0.1:${port}", tls: { cert: ./server.crt, key: ./server.key } }
`,
  )
})
afterAll(() => api.close())

async function run(...argv: string[]) {
  const seen = witness(diskFiles, folder)
  const context: Context = { ...seen, now: () => Date.now(), pid: process.pid }
  const code = await dispatch(argv, commands, context)
  return { code, out: seen.written.join('\n'), err: seen.complaints.join('\n') }
}

/** The name of the certificate that a new connection is shown. */
const shown = () =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.on('error', reject)
  })

/** Two looks that see the same make a change. */
const saying = (what: RegExp) =>
  until(
    async () => {
      for (const look of looks) look()
      return told.length > 1 && what.test(told.at(-1) ?? '')
    },
    { what: String(what), within: 20_000, every: 10 },
  )

test('commands trust the certificate of their own settings, and elsewhere the one that is named', async () => {
  expect(await run('status', '--json')).toMatchObject({ code: 0 })
  const url = `https://127.0.0.1:${port}`
  expect(await run('status', '--json', '--url', url, '--ca', 'first.crt')).toMatchObject({ code: 0 })
  expect((await run('status', '--url', url)).err).toMatch(
    /^capuchin status: no controller answers at https:\S+: its certificate is not trusted \(.*\): name the one that signs it with --ca$/,
  )
  expect((await run('status', '--url', url, '--ca', 'second.crt')).err).toMatch(/is not trusted/)
  expect((await run('status', '--url', url, '--ca', 'none.crt')).err).toMatch(
    /^capuchin status: --ca: none.crt: /,
  )
})

test('a new certificate comes into force while it serves; one that does not fit its key does not', async () => {
  expect(await shown()).toBe('first')
  told.length = 1
  await copyFile(join(folder, 'second.key'), join(folder, 'server.key'))
  await saying(/; the former certificate stays in force$/)
  expect(told.at(-1)).toMatch(/^server\.tls: .* cannot be used: .*; the former certificate stays in force$/)
  expect(await shown()).toBe('first')
  told.length = 1
  await inPlace('second')
  await saying(/^renewed$/)
  expect(await shown()).toBe('second')
  // Its name is not that of the address, but it is the very one of the settings.
  expect(await run('status', '--json')).toMatchObject({ code: 0 })
})

test('its address says that it is HTTPS', async () => {
  const deps = { fs, now: () => Date.now(), every: () => () => {}, renewed() {}, refused() {} }
  const opened = await openTls({ cert: join(folder, 'first.crt'), key: join(folder, 'first.key') }, deps)
  if (opened.kind === 'refused') throw new Error(opened.detail)
  const outcome = await listen('127.0.0.1', 0, [], { tls: opened.tls })
  if (outcome.kind === 'failed') throw new Error(outcome.detail)
  expect(outcome.server.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  await outcome.server.close()
})

test('files that cannot be used refuse to start, with what is wrong', async () => {
  const deps = { fs, now: () => Date.now(), every: () => () => {}, renewed() {}, refused() {} }
  const missing = await openTls({ cert: join(folder, 'x.crt'), key: join(folder, 'x.key') }, deps)
  expect(missing).toMatchObject({
    kind: 'refused',
    detail: expect.stringMatching(/^server\.tls: .*cannot be used: ENOENT/),
  })
  const late = { ...deps, now: () => Date.now() + 3 * 86_400_000 }
  const expired = await openTls({ cert: join(folder, 'first.crt'), key: join(folder, 'first.key') }, late)
  expect(expired).toMatchObject({ detail: expect.stringContaining('the certificate has expired') })
})
