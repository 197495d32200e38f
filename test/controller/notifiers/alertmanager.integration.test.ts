import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startAlertmanager } from '../../support/alertmanager.ts'
import { makePlace } from '../../support/controller.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'

const TOKEN = 'canary-of-the-alert-source'
const LABEL = { alertname: 'HighLoad', service: 'ingest' }

/** Answers that it is ready, and nothing else. */
const server = `require('http').createServer((_, r) => r.end()).listen(process.argv[1], '127.0.0.1')`

needs('alertmanager')('a controller and an Alertmanager', () => {
  test('an alert there makes a workload go out by steps until it is over; an alarm here is an alert there', async () => {
    const began = Date.now()
    const place = await makePlace({ settings: () => ({}), policies: {}, count: 4 })
    const tokenFile = join(place.folder, 'alert-token')
    await writeFile(tokenFile, `${TOKEN}\n`)
    const there = await startAlertmanager({
      webhook: { url: `${place.url}/api/v1/alerts/nagios`, tokenFile },
    })
    await place.writeSettings({
      tick: '1s',
      sources: {
        nagios: {
          ...{ type: 'alert', interval: '250ms', within: '3s', tokenFile: './alert-token' },
          heartbeat: { within: '3s' },
        },
      },
      pools: {
        local: { provider: 'process', slots: 4, hosts: { min: 1, max: 1 }, portBase: place.ports.base },
      },
      notify: { alertmanager: { type: 'alertmanager', urls: [there.url], labels: { team: 'edge' } } },
    })
    await place.writePolicy('ingest', {
      workload: 'ingest',
      pool: 'local',
      run: {
        command: ['node', '-e', server, `\${port}`],
        probe: { http: '/', every: '500ms' },
      },
      size: { min: 1, max: 2 },
      rules: [
        {
          ...{ name: 'alert', source: 'nagios', query: '{alertname="HighLoad", service="ingest"}' },
          ...{ per: 'instance', window: '1s', integral: { above: 0.5, below: 0.2 } },
        },
      ],
      out: { step: 1, wait: '1s' },
      in: { step: 1, wait: '1s', hold: '1s' },
    })
    await there.fire({ alertname: 'Watchdog' })
    const controller = await place.run()
    const decision = async () => (await controller.status())?.workloads[0]
    const alarmThere = () => there.alerts({ controller: 'capuchin', kind: 'hot' })

    await until(async () => (await decision())?.rules[0]?.load === 0, {
      what: 'silence that is vouched for',
      within: 60_000,
    })
    expect((await decision())?.granted).toBe(1)
    await there.fire(LABEL)
    const [alert] = await until(async () => ((await alarmThere()).length > 0 ? alarmThere() : undefined), {
      ...{ what: 'the alarm at max to be an alert', within: 60_000 },
    })
    expect((await decision())?.granted).toBe(2)
    expect(alert).toMatchObject({
      labels: {
        ...{
          alertname: 'CapuchinHot',
          workload: 'ingest',
          severity: 'critical',
          event: 'alarm',
          team: 'edge',
        },
        condition: 'workload ingest hot alert',
      },
      annotations: {
        summary: 'ingest: hot',
        description: expect.stringMatching(/^at max \(2\) and still hot/),
      },
      generatorURL: place.url,
    })
    expect(Date.parse(alert?.startsAt ?? '')).toBeGreaterThan(began)
    expect(Date.parse(alert?.endsAt ?? '')).toBeGreaterThan(Date.now() + 60_000)

    // That the alert there is over then is for the endurance tests: so soon after a start it takes a while.
    await there.fire(LABEL, Date.now())
    const { granted } = await until(
      async () => {
        const one = await decision()
        return one?.rules[0]?.load === 0 ? one : undefined
      },
      { what: 'the rule to be calm again', within: 60_000 },
    )
    expect(granted).toBeLessThanOrEqual(2)
    const metrics = await (await fetch(`${place.url}/metrics`)).text()
    expect(metrics).toMatch(/capuchin_alerts_received_total\{source="nagios",outcome="taken"\} \d+/)
    expect(metrics).toMatch(/capuchin_notifications_total\{notifier="alertmanager",outcome="delivered"\} \d+/)
    await controller.stop()
    const told = [metrics, controller.child.stdout(), controller.child.stderr()].join()
    expect(told).not.toContain(TOKEN)
    await place.down()
  })
})
