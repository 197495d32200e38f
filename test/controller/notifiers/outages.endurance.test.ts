import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDesk } from '../../../controller/notifiers/desk.ts'
import { NotifierSettings } from '../../../controller/notifiers/index.ts'
import type { Status } from '../../../controller/web/status.ts'
import { CANARY, startReceiver } from '../../contract/notifier.ts'
import { startAlertmanager } from '../../support/alertmanager.ts'
import { makePlace } from '../../support/controller.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import { alarmed, pool, status } from './sights.ts'

const hot = alarmed(['hot', 'at max (4) and still hot'])
const TICK = 200

/** A desk on the real clock that tells an Alertmanager; the test says what there is to be seen. */
async function deskFor(url: string) {
  const seen: { status: Status } = { status: status() }
  const notifier = { type: 'alertmanager', urls: [url], resend: '1s', timeout: '500ms' }
  const desk = await openDesk({
    ...{ controller: 'capuchin', url: 'http://127.0.0.1:7070', folder: '/', tickEvery: TICK },
    notifiers: new Map([['there', NotifierSettings.parse(notifier)]]),
    ...{ now: Date.now, elapsed: () => performance.now(), random: Math.random, within: AbortSignal.timeout },
    ...{ status: () => seen.status, illness: () => undefined, count() {}, waiting() {}, gaveUp() {} },
    log: { info() {}, warn() {} },
    outside: {
      files: { list: () => [], read: () => '' },
      every(ms, run) {
        const timer = setInterval(run, ms)
        return () => clearInterval(timer)
      },
    },
  })
  const show = (change: Partial<Status>): void => {
    seen.status = status({ at: Date.now(), ...change })
    desk.ticked()
  }
  return { desk, show }
}

needs('alertmanager')('an Alertmanager that is away', () => {
  test('frozen, then killed: nothing is lost, nothing stays that is over, and all has begun when it began', async () => {
    const there = await startAlertmanager()
    const { desk, show } = await deskFor(there.url)
    const kinds = async (): Promise<string> => {
      const all = await there.alerts({ controller: 'capuchin' })
      return all
        .map(({ labels }) => labels['kind'])
        .toSorted()
        .join()
    }
    const untilThere = (wanted: string) =>
      until(async () => (await kinds()) === wanted, {
        what: `there to be ${wanted}`,
        within: 40_000,
        every: 100,
      })
    // What is over for two ticks is over, and eight after a start.
    show({})
    await sleep(8 * TICK)
    show({ workloads: [hot] })
    await untilThere('hot')
    const [before] = await there.alerts()

    there.freeze()
    show({ workloads: [hot], pools: [pool({ overspending: 'too much' })] })
    await sleep(2_000)
    there.thaw()
    await untilThere('hot,overspending')
    expect((await there.alerts({ kind: 'hot' }))[0]?.startsAt).toBe(before?.startsAt)

    there.freeze()
    show({ pools: [pool({ overspending: 'too much' })] })
    await sleep(2_000)
    there.thaw()
    await untilThere('overspending')

    await there.kill()
    show({ workloads: [hot], pools: [pool({ overspending: 'too much' })] })
    await sleep(1_500)
    await there.restart()
    await untilThere('hot,overspending')
    show({})
    await untilThere('')
    await desk.close()
  })
})

const server = `require('http').createServer((_, r) => r.end()).listen(process.argv[1], '127.0.0.1')`

/** A value for every second of the next minutes. */
const course = (value: number): [number, number][] =>
  Array.from({ length: 900 }, (_, i) => [Math.floor(Date.now() / 1000) * 1000 + (i - 300) * 1000, value])

test('a receiver that is ill for a while, and a controller that is killed: told once, over once, and no secret anywhere', async () => {
  const receiver = await startReceiver()
  const heard: string[] = []
  let isIll = true
  receiver.answer = (response, body) => {
    if (!isIll)
      for (const notice of JSON.parse(body).notices as { kind: string; status: string }[])
        heard.push(`${notice.kind} ${notice.status}`)
    response.writeHead(isIll ? 500 : 200).end(`you asked ${CANARY}`)
  }
  const place = await makePlace({
    settings: ({ base }) => ({
      tick: '1s',
      sources: { main: { type: 'scripted', interval: '1s', series: { high: course(100), low: course(1) } } },
      pools: { local: { provider: 'process', slots: 2, hosts: { min: 1, max: 1 }, portBase: base } },
      notify: {
        ops: { type: 'webhook', url: `${receiver.url}/services/${CANARY}`, headers: { 'X-Key': CANARY } },
      },
    }),
    policies: {},
    count: 2,
  })
  const policy = (query: string): Promise<void> =>
    place.writePolicy('ingest', {
      workload: 'ingest',
      pool: 'local',
      run: { command: ['node', '-e', server, `\${port}`], probe: { http: '/', every: '500ms' } },
      size: { min: 1, max: 1 },
      rules: [
        {
          name: 'load',
          source: 'main',
          query,
          per: 'workload',
          window: '5s',
          integral: { above: 50, below: 10 },
        },
      ],
    })
  await policy('high')
  const first = await place.run()
  await until(() => receiver.asked.length >= 3, { what: 'three attempts', within: 60_000 })
  isIll = false
  await until(() => heard.includes('hot begins'), { what: 'the alarm to be told', within: 60_000 })
  const metrics = await (await fetch(`${place.url}/metrics`)).text()
  expect(metrics).toMatch(/capuchin_notifications_total\{notifier="ops",outcome="failed"\} [1-9]/)
  await until(
    async () => (await readFile(join(place.state, 'notifications.json'), 'utf8')).includes('toldAt'),
    {
      what: 'what was told to be kept',
    },
  )
  await first.kill()

  const second = await place.run()
  const at = (await second.status())?.at ?? 0
  await until(async () => ((await second.status())?.at ?? 0) > at + 4_000, {
    what: 'some ticks',
    within: 60_000,
  })
  await policy('low')
  await until(() => heard.includes('hot over'), { what: 'the end of the alarm to be told', within: 90_000 })
  expect(heard.filter((one) => one.startsWith('hot'))).toEqual(['hot begins', 'hot over'])

  const told = [
    ...[first, second].flatMap(({ child }) => [child.stdout(), child.stderr()]),
    ...[metrics, JSON.stringify(await second.status()), JSON.stringify(await second.history())],
    (await place.capuchin('check')).stdout,
    ...(await Promise.all(
      (await readdir(place.state)).map((name) => readFile(join(place.state, name), 'utf8').catch(() => '')),
    )),
  ]
  expect(told.join()).not.toContain(CANARY)
  const tested = await place.capuchin('notify', '--test', 'ops', '--json')
  expect(JSON.parse(tested.stdout)).toMatchObject({
    ok: true,
    notifiers: [{ name: 'ops', detail: 'answers 200' }],
  })
  expect((await place.capuchin('notify', '--test', 'opps')).stderr).toMatch(
    /no notifier opps; did you mean "ops"/,
  )
  await second.stop()
  await place.down()
  await receiver.close()
})
