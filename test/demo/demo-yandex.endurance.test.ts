import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { leftoversOf } from '../../demo/setup/leftovers.ts'
import { tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'
import { demo, endAll, expectNothingLeft, isUp } from './start-demo.ts'

afterAll(endAll)

test('the demo on VMs of a fake cloud heals what the cloud takes away, and every event is on disk', async (context) => {
  const report = join(await tempFolder('demo-report'), 'report.json')
  const one = await demo(context, ['--fake-yandex', '--wave', 'short', '--report', report])
  const { running } = one
  const { code } = await running.exited
  const said = running.stdout()
  expect(code, said + running.stderr()).toBe(0)
  const told = JSON.parse(await readFile(report, 'utf8'))
  expect(told).toMatchObject({ ok: true, faults: [], lost: 0, minInstances: 2, finalInstances: 2 })
  expect(told.maxInstances).toBeGreaterThanOrEqual(5)
  expect([told.acknowledged, told.stored]).toEqual([told.sent, told.sent])
  expect(told.cloud).toMatchObject({ left: [] })
  expect(told.cloud.most).toBeGreaterThanOrEqual(3)
  expect(told.cloud.bill).toBeGreaterThan(0)
  expect(said).toContain('The cloud is a FAKE')
  expect(said).toMatch(/the cloud: zone ru-central1-\w has no capacity any more/)
  expect(said).toMatch(/pool edge orders nothing in zone ru-central1-\w for /)
  expect(said).toMatch(/the cloud: takes capuchin-edge-\d+ back/)
  await expectNothingLeft(one)
})

test('Ctrl-C stops everything that it has started, the fake cloud and its VMs included', async (context) => {
  const one = await demo(context, ['--fake-yandex', '--wave', 'short'])
  const { running } = one
  await until(() => isUp(running), { within: 120_000, what: 'the first VMs' })
  expect(leftoversOf(one.tmp).some(({ command }) => command.includes('demo/cloud/main.ts'))).toBe(true)
  running.signal('SIGINT')
  expect(await running.exited).toEqual({ code: 130, signal: null })
  expect(running.stderr()).toContain('Nothing is left running.')
  await expectNothingLeft(one)
})

test('when the fake cloud dies it says so, and stops everything', async (context) => {
  const one = await demo(context, ['--fake-yandex', '--wave', 'short'])
  const { running } = one
  await until(() => isUp(running), { within: 120_000, what: 'the first VMs' })
  const [cloud] = leftoversOf(one.tmp).filter(({ command }) => command.includes('demo/cloud/main.ts'))
  if (cloud === undefined) throw new Error('no fake cloud is running')
  process.kill(cloud.pid, 'SIGKILL')
  expect((await running.exited).code).toBe(1)
  expect(running.stderr()).toContain('the fake cloud ended by itself')
  expect(leftoversOf(one.tmp)).toEqual([])
})
