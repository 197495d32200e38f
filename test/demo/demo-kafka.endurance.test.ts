import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { leftoversOf } from '../../demo/setup/leftovers.ts'
import { tempFolder } from '../support/process.ts'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import { barePath, demo, endAll, expectNothingLeft, isUp } from './start-demo.ts'

afterAll(endAll)

needs('kafka')('the demo with Kafka', () => {
  test('scales gateways and consumers out and in, and the consumers have every event', async (context) => {
    const report = join(await tempFolder('demo-report'), 'report.json')
    const one = await demo(context, ['--kafka', '--wave', 'short', '--report', report])
    const { running } = one
    const { code } = await running.exited
    expect(code, running.stdout() + running.stderr()).toBe(0)
    const told = JSON.parse(await readFile(report, 'utf8'))
    expect(told).toMatchObject({ ok: true, faults: [], lost: 0, minInstances: 2, finalInstances: 2 })
    expect(told.consumers).toMatchObject({ min: 2, final: 2 })
    expect(told.maxInstances).toBeGreaterThanOrEqual(5)
    expect(told.consumers.max).toBeGreaterThanOrEqual(5)
    expect(told.sent).toBeGreaterThan(5_000)
    expect([told.acknowledged, told.consumed, told.stored]).toEqual([told.sent, told.sent, told.sent])
    const outs = told.decisions.filter(({ from, to }: { from: number; to: number }) => to > from && from >= 2)
    const workloads = new Set(outs.map(({ workload }: { workload: string }) => workload))
    expect([...workloads].toSorted()).toEqual(['consumer', 'ingest'])
    expect(running.stdout()).toContain(
      'Gateways and consumers scaled out with the load and in again, and lost nothing.',
    )
    await expectNothingLeft(one)
  })

  test('Ctrl-C stops everything that it has started, Kafka included', async (context) => {
    const one = await demo(context, ['--kafka', '--wave', 'short'])
    const { running } = one
    await until(() => isUp(running), { within: 120_000, what: 'the first hosts' })
    expect(leftoversOf(one.tmp).some(({ command }) => command.includes('kafka.Kafka'))).toBe(true)
    running.signal('SIGINT')
    expect(await running.exited).toEqual({ code: 130, signal: null })
    expect(running.stderr()).toContain('Nothing is left running.')
    await expectNothingLeft(one)
  })

  test('when Kafka dies it says so, and stops everything', async (context) => {
    const one = await demo(context, ['--kafka', '--wave', 'short'])
    const { running } = one
    await until(() => isUp(running), { within: 120_000, what: 'the first hosts' })
    const [kafka] = leftoversOf(one.tmp).filter(({ command }) => command.includes('kafka.Kafka'))
    if (kafka === undefined) throw new Error('no Kafka is running')
    process.kill(kafka.pid, 'SIGKILL')
    expect(await running.exited).toEqual({ code: 1, signal: null })
    expect(running.stderr()).toContain('Kafka ended by itself (ended by SIGKILL)')
    await expectNothingLeft(one)
  })

  test('without Java it names the remedy', async (context) => {
    const one = await demo(context, ['--kafka', '--wave', 'short'], { PATH: await barePath() })
    expect((await one.running.exited).code).toBe(1)
    expect(one.running.stderr()).toContain('It needs Java 17 or later')
    await expectNothingLeft(one)
  })
})
