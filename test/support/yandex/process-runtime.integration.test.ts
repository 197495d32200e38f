import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../until.ts'
import { type FakeYandex, startFakeYandex } from './fake.ts'
import { processRuntime } from './process-runtime.ts'
import { clientsOf, orderOf } from './some-calls.ts'

/** Says where it listens and what it was told; SIGTERM ends it by itself. */
const SERVER = `
const [, address, file] = process.argv
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/die') process.exit(1)
  response.end(JSON.stringify({ pid: process.pid, words: process.argv.slice(1), greeting: process.env.GREETING }))
})
server.listen(18431, address, () => console.log('listening'))
process.once('SIGTERM', () => { console.log('asked to end'); server.close(); server.closeAllConnections() })
`

let folder: string
let fake: FakeYandex

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capuchin-vms-'))
  const images = { 'cr.yandex/fake/server': [process.execPath, '-e', SERVER] }
  const env = { PATH: process.env['PATH'] ?? '' }
  const network = 100 + (process.pid % 100)
  const runtime = processRuntime({ folder, images, workDir: folder, env, network })
  fake = await startFakeYandex({ runtime, pulse: 20 })
})

afterAll(async () => {
  await fake.close()
  await rm(folder, { recursive: true, force: true })
})

const text = (greeting: string) => `
services:
  a:
    image: cr.yandex/fake/server:1
    command: ["0.0.0.0", "/var/lib/data/x"]
    environment: { GREETING: ${greeting} }
    volumes: ["data-a:/var/lib/data"]
  b: { image: "unknown:1" }
volumes: { data-a: {} }
`

const ask = async (name: string, path = '/') => {
  const address = fake.vms().find((vm) => vm.name === name)?.address
  const answer = await fetch(`http://${address}:18431${path}`)
  const said: { pid: number; words: string[]; greeting: string } = JSON.parse(await answer.text())
  return { ...said, address }
}

const isGone = (pid: number) => () => {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}

test('containers are processes with the address of their VM, which follow its metadata and end with it', async () => {
  const { instances } = clientsOf(fake)
  for (const name of ['vm-1', 'vm-2'])
    await instances.create(orderOf(name, { metadata: { 'docker-compose': text('hello') } }))
  const first = await until(() => ask('vm-1'))
  const second = await until(() => ask('vm-2'))
  expect(first.address).not.toBe(second.address)
  expect(first.words).toEqual([first.address, join(folder, 'vm-1', 'volumes', 'data-a', 'x')])
  expect(first.greeting).toBe('hello')
  const serial = await readFile(join(folder, 'vm-1', 'serial.log'), 'utf8')
  expect(serial).toContain('pull access denied for unknown:1')

  await ask('vm-1', '/die').catch(() => {})
  const again = await until(() => ask('vm-1'))
  expect(again.pid).not.toBe(first.pid)

  fake.setMetadata('vm-1', 'docker-compose', text('goodbye'))
  await until(async () => (await ask('vm-1')).greeting === 'goodbye')
  expect(isGone(again.pid)()).toBe(true)
  expect(await readFile(join(folder, 'vm-1', 'a.log'), 'utf8')).toContain('asked to end')
  expect((await ask('vm-2')).pid).toBe(second.pid)

  fake.hang('vm-2')
  const patience = { signal: AbortSignal.timeout(300) }
  await expect(fetch(`http://${second.address}:18431/`, patience)).rejects.toThrow('timeout')
  fake.recover('vm-2')
  expect((await ask('vm-2')).pid).toBe(second.pid)

  const last = await ask('vm-1')
  fake.vanish('vm-1')
  await until(isGone(last.pid))
  await fake.close()
  expect(isGone(second.pid)()).toBe(true)
})
