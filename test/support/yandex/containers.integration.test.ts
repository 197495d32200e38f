import { afterEach, describe, expect, test } from 'vitest'
import type { FakeOptions } from './fake.ts'
import { someCloud } from './some-calls.ts'

const SECOND = 1000
const open: (() => Promise<void>)[] = []

/** A cloud with one VM whose metadata says `text`. */
async function vmWith(text: string, options: FakeOptions = {}) {
  const made = await someCloud(options)
  open.push(made.fake.close)
  await made.create('vm-1', { metadata: { 'docker-compose': text } })
  const services = () => made.fake.containersOf('vm-1').map(({ service }) => service)
  return { ...made, services }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

const ingest = (id: string, more = '') =>
  `  ${id}:\n    image: ingest:1\n    stop_grace_period: 30s\n    labels: { capuchin.instance: ${id} }\n${more}`
const file = (...services: string[]) => `services:\n${services.join('')}`

describe('containers', () => {
  test('start when the VM has booted, and are ready when they have started', async () => {
    const options = {
      operationDelay: () => 40 * SECOND,
      bootDelay: () => 20 * SECOND,
      startDelay: () => 5 * SECOND,
    }
    const { fake, services, pass } = await vmWith(file(ingest('i-1')), options)
    const health = () => fake.health('i-1')
    expect(health()).toEqual({ kind: 'unknown' })
    pass(40 * SECOND)
    expect([fake.vms()[0]?.status, services()]).toEqual(['RUNNING', []])
    pass(20 * SECOND)
    expect(services()).toEqual(['i-1'])
    expect(health()).toMatchObject({ kind: 'silent', refused: true })
    pass(5 * SECOND)
    expect(health()).toMatchObject({ kind: 'ready' })
    expect(fake.alive()).toEqual(['i-1'])
    expect(fake.serialOf('vm-1').join('\n')).toContain('Container i-1 Started')
  })

  test('follow the metadata: new and changed ones are made, missing ones go, others stay', async () => {
    const options = { applyDelay: 2 * SECOND, drainTime: 3 * SECOND, stopTime: SECOND }
    const { fake, setMetadata, services, pass, now } = await vmWith(
      file(ingest('i-1'), ingest('i-2')),
      options,
    )
    const since = now()
    pass(60 * SECOND)
    await setMetadata(
      'vm-1',
      file(ingest('i-3'), ingest('i-2', '    environment: { A: b }\n'), ingest('i-1')),
    )
    expect(services()).toEqual(['i-1', 'i-2'])
    pass(2 * SECOND)
    expect(services()).toEqual(['i-1', 'i-2', 'i-3'])
    expect(fake.health('i-1')).toEqual({ kind: 'ready', since })
    expect(fake.health('i-3')).toEqual({ kind: 'ready', since: since + 62 * SECOND })
    pass(4 * SECOND)
    expect(fake.health('i-2')).toEqual({ kind: 'ready', since: since + 66 * SECOND })
    expect(fake.containersOf('vm-1').find(({ service }) => service === 'i-2')?.environment).toEqual({
      A: 'b',
    })
    await setMetadata('vm-1', file(ingest('i-2', '    environment: { A: b }\n')))
    pass(2 * SECOND)
    expect(fake.health('i-1')).toMatchObject({ kind: 'unready', drained: false })
    pass(3 * SECOND)
    expect(fake.health('i-1')).toMatchObject({ kind: 'unready', drained: true })
    pass(SECOND)
    expect(services()).toEqual(['i-2'])
    expect(fake.health('i-1')).toMatchObject({ kind: 'silent', refused: true })
  })

  const broken: [string, string, string][] = [
    ['a text that is no YAML', 'services: {', 'was not applied'],
    ['a broken expression', file(ingest('i-2', '    command: ["$"]\n')), 'invalid interpolation format'],
  ]
  test.for(broken)('stay as they are when the metadata has %s', async ([, text, told]) => {
    const { fake, setMetadata, services, restart, pass } = await vmWith(file(ingest('i-1')))
    await setMetadata('vm-1', text)
    pass(60 * SECOND)
    expect(services()).toEqual(['i-1'])
    expect(fake.serialOf('vm-1').join('\n')).toContain(told)
    await restart('vm-1')
    expect(services()).toEqual(['i-1'])
  })

  test('get what Docker makes of a dollar', async () => {
    const text = file(ingest('i-1', `    command: ["$$HOME", "\${HOME}x"]\n`))
    const { fake, clients, idOf } = await vmWith(text)
    expect(fake.containersOf('vm-1')[0]?.command).toEqual(['$HOME', 'x'])
    const output = await clients.instances.getSerialPortOutput({ instanceId: idOf('vm-1'), port: 1 })
    expect(output.contents).toContain('The "HOME" variable is not set. Defaulting to a blank string.')
  })

  test('that are asked to drain say so, and when they have', async () => {
    const { fake, pass } = await vmWith(file(ingest('i-1')), { drainTime: 10 * SECOND })
    expect(fake.askDrain('i-1')).toEqual({ kind: 'asked' })
    expect(fake.health('i-1')).toMatchObject({ kind: 'unready', drained: false })
    pass(10 * SECOND)
    expect(fake.health('i-1')).toMatchObject({ kind: 'unready', drained: true })
    expect(fake.askDrain('i-2')).toMatchObject({ kind: 'failed' })
  })

  test('crash, hang and stall by themselves, and one that hangs is killed when its grace is over', async () => {
    const { fake, setMetadata, services, pass } = await vmWith(file(ingest('i-1'), ingest('i-2')))
    fake.crashInstance('i-1', 5 * SECOND)
    expect(fake.health('i-1')).toMatchObject({ kind: 'silent', refused: true })
    pass(5 * SECOND)
    expect(fake.health('i-1')).toMatchObject({ kind: 'ready' })
    fake.stallInstance('i-1')
    expect(fake.health('i-1')).toMatchObject({ kind: 'unready', drained: false })
    fake.recoverInstance('i-1')
    fake.hangInstance('i-2')
    expect(fake.health('i-2')).toMatchObject({ kind: 'silent', refused: false })
    await setMetadata('vm-1', file(ingest('i-1')))
    pass(29 * SECOND)
    expect(services()).toEqual(['i-1', 'i-2'])
    pass(SECOND)
    expect(services()).toEqual(['i-1'])
  })
})

describe('a VM', () => {
  test('that hangs answers nothing and follows nothing until it recovers or is restarted', async () => {
    const { fake, setMetadata, restart, services } = await vmWith(file(ingest('i-1')))
    fake.hang('vm-1')
    expect([fake.vms()[0]?.status, fake.health('i-1').kind]).toEqual(['RUNNING', 'silent'])
    expect(fake.askDrain('i-1')).toMatchObject({ kind: 'failed' })
    await setMetadata('vm-1', file(ingest('i-2')))
    expect(services()).toEqual(['i-1'])
    fake.recover('vm-1')
    expect(services()).toEqual(['i-2'])
    fake.hang('vm-1')
    await restart('vm-1')
    expect(fake.health('i-2').kind).toBe('ready')
  })

  test('that is stopped, crashed or gone takes its containers with it, and brings back what its metadata says', async () => {
    const options = { bootDelay: () => 20 * SECOND }
    const { fake, setMetadata, start, stop, services, pass } = await vmWith(file(ingest('i-1')), options)
    pass(20 * SECOND)
    await stop('vm-1')
    expect(services()).toEqual([])
    expect(fake.health('i-1')).toMatchObject({ kind: 'silent', refused: false })
    await setMetadata('vm-1', file(ingest('i-2')))
    await start('vm-1')
    expect(services()).toEqual([])
    pass(20 * SECOND)
    expect(services()).toEqual(['i-2'])
    fake.crash('vm-1')
    expect(services()).toEqual([])
    fake.vanish('vm-1')
    expect(fake.health('i-2')).toMatchObject({ kind: 'silent', refused: false })
    expect(fake.alive()).toEqual([])
  })
})
