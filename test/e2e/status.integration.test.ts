import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlace } from '../support/controller.ts'
import { startOpenLoad } from '../support/open-load.ts'
import { freePort } from '../support/process.ts'
import { policy, settings, smallPlace, untilReady, untilStatus } from './small-place.ts'

const rule = (above: number): string => `rules:
  - name: events
    source: main
    query: sum(rate(api_requests_count{workload="ingest"}[3s]))
    per: workload
    window: 4s
    integral: { above: ${above}, below: 1 }
`

const figures = String.raw`\| age=\d+s ingest=(\d);;1:;0;(\d)\n$`

describe('status --check, the plug-in convention: one line and an exit code', () => {
  test.concurrent('3 UNKNOWN where no controller answers', async () => {
    const place = await smallPlace()
    const line = `CAPUCHIN UNKNOWN - no controller answers at ${place.url}`
    expect(await place.capuchin('status', '--check')).toEqual({ code: 3, stdout: `${line}\n`, stderr: '' })
    const { code, stdout } = await place.capuchin('status', '--check', '--json')
    expect({ code, said: JSON.parse(stdout) }).toEqual({ code: 3, said: { code: 3, word: 'UNKNOWN', line } })
  })

  test.concurrent('2 CRITICAL while fewer are ready than the min', async () => {
    const place = await smallPlace(policy('{ min: 1, max: 2 }', '', ['sleep', '1000']))
    const controller = await place.run()
    expect(await place.capuchin('status', '--check')).toEqual({
      code: 2,
      stdout: expect.stringMatching(
        new RegExp(`^CAPUCHIN CRITICAL - ingest has 0 ready of min 1 ${figures}`),
      ),
      stderr: '',
    })
    await controller.stop()
    await place.down()
  })

  test.concurrent('0 OK when all is as it should be, and 3 when the controller is frozen', async () => {
    const place = await smallPlace()
    const controller = await place.run()
    await untilReady(controller, 1)
    expect(await place.capuchin('status', '--check')).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^CAPUCHIN OK - 1 workload as it should be ${figures}`)),
      stderr: '',
    })
    controller.child.signal('SIGSTOP')
    expect(await place.capuchin('status', '--check')).toEqual({
      code: 3,
      stdout: `CAPUCHIN UNKNOWN - no controller answers at ${place.url} within 5 s, though something listens there\n`,
      stderr: '',
    })
    controller.child.signal('SIGCONT')
    await untilReady(controller, 1)
    await controller.stop()
    await place.down()
  })

  test.concurrent('1 WARNING while the policies on disk are refused, until others are loaded on SIGHUP', async () => {
    const place = await smallPlace()
    const controller = await place.run()
    await untilReady(controller, 1)
    await place.writePolicy('ingest', policy('{ min: 3, max: 2 }'))
    const problem = 'policies/ingest.yaml:6: size.min: min (3) is more than max (2)'
    const notice = `the policies on disk are refused, those loaded before stay in force: ${problem}`
    await untilStatus(controller, 'the refusal', ({ notices = [] }) => notices.includes(notice))
    expect(await place.capuchin('status', '--check')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`CAPUCHIN WARNING - ${notice} |`),
    })
    expect((await place.capuchin('status')).stdout).toContain(`\n! ${notice}\n`)
    expect(await controller.health()).toMatchObject({ code: 200 })

    await place.writePolicy('ingest', policy('{ min: 2, max: 3 }'))
    controller.child.signal('SIGHUP')
    const status = await untilReady(controller, 2)
    expect([status.notices, status.workloads[0]?.min]).toEqual([undefined, 2])
    const lines = controller.child.stdout().trimEnd().split('\n')
    const said = lines.map((line): { msg?: string; change?: string; problem?: string } => JSON.parse(line))
    expect(said.filter(({ msg }) => msg === 'Policies refused').map((line) => line.problem)).toEqual([
      problem,
    ])
    expect(said.flatMap(({ change = [] }) => change)).toEqual([
      'ingest: size.min 1 -> 2',
      'ingest: size.max 2 -> 3',
    ])
    const reloads = (await controller.history({ kind: 'outcome' })).filter(
      (entry) => entry.kind === 'outcome' && entry.step === 'reload',
    )
    expect(reloads).toMatchObject([{ result: 'refused' }, { result: 'done', subject: 'policies' }])
    await controller.stop()
    await place.down()
  })

  test.concurrent('1 WARNING at max and still hot', async () => {
    const place = await smallPlace(policy('{ min: 1, max: 1 }', rule(10)))
    const controller = await place.run()
    await untilReady(controller, 1)
    const load = startOpenLoad(join(place.published, 'ingest.list'), 40)
    await untilStatus(
      controller,
      'the alarm',
      ({ workloads }) => (workloads[0]?.alarms.length ?? 0) > 0 && workloads[0]?.reason === 'at-max',
    )
    expect(await place.capuchin('status', '--check')).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        new RegExp(
          String.raw`^CAPUCHIN WARNING - ingest: at max \(1\) and still hot: events [\d.]+ over 10 \(4s mean\) ${figures}`,
        ),
      ),
      stderr: '',
    })
    expect((await place.capuchin('status')).stdout).toMatch(/\n {2}! at max \(1\) and still hot: /)
    await load.stop()
    await controller.stop()
    await place.down()
  })

  test.concurrent('1 WARNING where the metrics are missing', async () => {
    const dead = await freePort()
    const source = `sources: { main: { type: prometheus, url: "http://127.0.0.1:${dead}", interval: 1s } }`
    const place = await makePlace({
      settings: ({ base, server }) => settings(base, server).replace(/^sources.*$/m, source),
      policies: { ingest: policy('{ min: 1, max: 2 }', rule(10)) },
      count: 4,
    })
    const controller = await place.run()
    await untilReady(controller, 1)
    const { code, stdout } = await place.capuchin('status', '--check')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      new RegExp(
        String.raw`^CAPUCHIN WARNING - ingest: no reading for events \(unreachable: prometheus at http://127\.0\.0\.1:${dead} refuses connections .*\) ${figures}`,
      ),
    )
    const log = controller.child.stdout()
    expect(log.split('\n').filter((line) => line.includes('"msg":"Alarm"'))).toHaveLength(1)
    await controller.stop()
    await place.down()
  })
})
