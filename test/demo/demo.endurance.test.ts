import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { leftoversOf } from '../../demo/setup/leftovers.ts'
import { tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'
import { barePath, demo, endAll, expectNothingLeft, isUp } from './start-demo.ts'

afterAll(endAll)

test('the demo scales ingest out and in under its wave and finds every event on disk', async (context) => {
  const folder = await tempFolder('demo-report')
  const report = join(folder, 'report.json')
  const one = await demo(context, ['--wave', 'short', '--report', report])
  const { running } = one
  const { code } = await running.exited
  expect(code, running.stdout() + running.stderr()).toBe(0)
  const told = JSON.parse(await readFile(report, 'utf8'))
  expect(told).toMatchObject({ lost: 0, minInstances: 2, finalInstances: 2 })
  expect(told.maxInstances).toBeGreaterThanOrEqual(5)
  expect(told.sent).toBeGreaterThan(4_000)
  expect([told.acknowledged, told.stored]).toEqual([told.sent, told.sent])
  expect(told.decisions).toContainEqual(
    expect.objectContaining({
      workload: 'ingest',
      from: 2,
      to: 3,
      sentence: expect.stringContaining('2 -> 3'),
    }),
  )
  expect(running.stdout()).toContain('It scaled out with the load and in again, and lost nothing.')
  await expectNothingLeft(one)
}, 300_000)

test.concurrent('Ctrl-C stops everything that the demo has started', async (context) => {
  const one = await demo(context, ['--wave', 'short'])
  const { running } = one
  await until(() => isUp(running), { within: 60_000, what: 'the first hosts' })
  running.signal('SIGINT')
  expect(await running.exited).toEqual({ code: 130, signal: null })
  expect(running.stderr()).toContain('Nothing is left running.')
  await expectNothingLeft(one)
})

test.concurrent('when the controller dies the demo says so with its last lines, and stops everything', async (context) => {
  const one = await demo(context, ['--wave', 'short'])
  const { running } = one
  await until(() => isUp(running), { within: 60_000, what: 'the first hosts' })
  const [controller] = leftoversOf(one.tmp).filter(({ command }) =>
    command.includes('controller/main.ts run'),
  )
  if (controller === undefined) throw new Error('no controller is running')
  process.kill(controller.pid, 'SIGKILL')
  expect(await running.exited).toEqual({ code: 1, signal: null })
  expect(running.stderr()).toContain('the controller ended by itself (ended by SIGKILL). Its last lines:')
  await expectNothingLeft(one)
})

test.concurrent.for([
  { what: 'help', args: ['--help'], code: 0, says: '--report FILE' },
  { what: 'a wrong option', args: ['--fast'], code: 2, says: "Unknown option '--fast'" },
  {
    what: 'a report that cannot be written',
    args: ['--report', '/nowhere/report.json'],
    code: 1,
    says: '/nowhere is not a folder that can be written to',
  },
])('$what is answered before anything is started', async ({ args, code, says }, context) => {
  const one = await demo(context, args)
  const { running } = one
  expect((await running.exited).code).toBe(code)
  expect(running.stdout() + running.stderr()).toContain(says)
  await expectNothingLeft(one)
})

test.concurrent('with a fake cloud and no openssl the remedy is told before anything is started', async (context) => {
  const one = await demo(context, ['--fake-yandex'], { PATH: await barePath() })
  const { running } = one
  expect((await running.exited).code).toBe(1)
  expect(running.stderr()).toContain('it needs openssl')
  await expectNothingLeft(one)
})

test.concurrent.for([
  {
    what: 'neither Kafka nor Maven',
    env: async () => ({ PATH: await barePath(), KAFKA_HOME: undefined }),
    says: ['Fetching Apache Kafka', 'needs Java 17 and mvn', 'KAFKA_HOME'],
  },
  {
    what: 'a KAFKA_HOME without a Kafka',
    env: () => ({ KAFKA_HOME: '/nowhere' }),
    says: ['KAFKA_HOME=/nowhere holds no Kafka'],
  },
])('with Kafka and $what the remedy is told before anything is started', async ({ env, says }, context) => {
  const cache = await tempFolder('demo-cache')
  const one = await demo(context, ['--kafka'], { XDG_CACHE_HOME: cache, ...(await env()) })
  const { running } = one
  expect((await running.exited).code).toBe(1)
  for (const text of says) expect(running.stdout() + running.stderr()).toContain(text)
  await expectNothingLeft(one)
})
