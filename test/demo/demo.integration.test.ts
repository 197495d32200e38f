import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, type TestContext, test } from 'vitest'
import { endLeftovers, leftoversOf } from '../../demo/setup/leftovers.ts'
import { type Running, start, tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'

const folders: string[] = []
afterAll(() => {
  for (const tmp of folders) endLeftovers(tmp)
})

interface Demo {
  tmp: string
  running: Running
}

/** The demo as `npm run demo` starts it, with its folder in a `tmp` of its own and its output in a pipe. */
async function demo({ onTestFinished }: TestContext, ...args: string[]): Promise<Demo> {
  const tmp = await tempFolder('demo-test')
  folders.push(tmp)
  const running = await start([process.execPath, 'demo/main.ts', ...args], { env: { TMPDIR: tmp } })
  onTestFinished(async () => {
    await running.stop(60_000)
  })
  return { tmp, running }
}

const isUp = ({ stdout }: Running): boolean => stdout().includes('goes to new host')

/** Neither a process nor a file of the demo is left. */
async function expectNothingLeft({ tmp }: Demo): Promise<void> {
  expect(leftoversOf(tmp)).toEqual([])
  expect(await readdir(tmp)).toEqual([])
}

test('the demo scales ingest out and in under its wave and finds every event on disk', async (context) => {
  const folder = await tempFolder('demo-report')
  const report = join(folder, 'report.json')
  const one = await demo(context, '--wave', 'short', '--report', report)
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
  const one = await demo(context, '--wave', 'short')
  const { running } = one
  await until(() => isUp(running), { within: 60_000, what: 'the first hosts' })
  running.signal('SIGINT')
  expect(await running.exited).toEqual({ code: 130, signal: null })
  expect(running.stderr()).toContain('Nothing is left running.')
  await expectNothingLeft(one)
})

test.concurrent('when the controller dies the demo says so with its last lines, and stops everything', async (context) => {
  const one = await demo(context, '--wave', 'short')
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
  const one = await demo(context, ...args)
  const { running } = one
  expect((await running.exited).code).toBe(code)
  expect(running.stdout() + running.stderr()).toContain(says)
  await expectNothingLeft(one)
})
