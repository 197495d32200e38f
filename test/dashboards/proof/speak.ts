import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from '../../support/controller.ts'
import { until } from '../../support/until.ts'

const patience = (): AbortSignal => AbortSignal.timeout(20_000)

/** Lays an override over the judgement, by HTTP as operators do from afar; throws with the answer when it is refused. */
export const lay = async (place: Place, act: object, length = '1h'): Promise<void> => {
  await until(() => layOnce(place, act, length), {
    within: 20_000,
    every: 300,
    what: `${JSON.stringify(act)} to be laid`,
  })
}

/** Whether it was taken; while a tick takes long one is told to come again. */
const layOnce = async (place: Place, act: object, length: string): Promise<boolean> => {
  const body = JSON.stringify({ act, by: 'anna', why: 'proof of the dashboards', for: length })
  const answer = await fetch(`${place.url}/api/v1/overrides`, {
    ...{ method: 'POST', body, signal: patience() },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(place)}` },
  })
  if (answer.status === 503) return false
  if (!answer.ok) throw new Error(`${body} answered ${answer.status}: ${await answer.text()}`)
  return true
}

/** Takes back what is laid over a workload. */
export const takeBack = async (place: Place, workload: string): Promise<void> => {
  const asked = new URLSearchParams({ kind: 'workload', workload, by: 'anna', why: 'seen' })
  await fetch(`${place.url}/api/v1/overrides?${asked}`, {
    ...{ method: 'DELETE', signal: patience() },
    headers: { authorization: `Bearer ${await tokenOf(place)}` },
  })
}

const tokenOf = async ({ state }: Place): Promise<string> =>
  (await readFile(join(state, 'token'), 'utf8')).trim()

/** Asks for a change with a token that is none. */
export const knock = async ({ url }: Place): Promise<number> => {
  const answer = await fetch(`${url}/api/v1/overrides`, {
    ...{ method: 'POST', body: '{}', signal: patience() },
    headers: { 'content-type': 'application/json', authorization: 'Bearer not-the-token-at-all' },
  })
  return answer.status
}

/** Follows the stream of the status, so many times, until it is called. */
export const lookOn = async ({ url }: Place, viewers: number): Promise<() => void> => {
  const gone = new AbortController()
  const follow = async (): Promise<void> => {
    const { body } = await fetch(`${url}/api/v1/stream`, { signal: gone.signal })
    // A body that nobody reads is closed when it is collected.
    void body?.pipeTo(new WritableStream()).catch(() => {})
  }
  await Promise.all(Array.from({ length: viewers }, follow))
  return () => gone.abort()
}

/** Does something again and again, so many at a time, until it is called. */
export const keepOn = (lanes: number, once: (signal: AbortSignal) => Promise<unknown>): (() => void) => {
  const over = new AbortController()
  const lane = async (): Promise<void> => {
    while (!over.signal.aborted) await once(over.signal).catch(() => {})
  }
  for (let i = 0; i < lanes; i++) void lane()
  return () => over.abort()
}

/** Tells a source of an alert, as an Alertmanager does. */
export const tellAlert = async (place: Place, source: string): Promise<void> => {
  const labels = { alertname: 'DiskFull', severity: 'warning' }
  const times = { startsAt: new Date().toISOString(), endsAt: '0001-01-01T00:00:00Z' }
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    fingerprint: 'a1b2c3',
    generatorURL: '',
    ...times,
  }
  const body = JSON.stringify({
    ...{ version: '4', groupKey: '{}', truncatedAlerts: 0, status: 'firing', receiver: 'capuchin' },
    ...{ groupLabels: {}, commonLabels: labels, commonAnnotations: {}, externalURL: '', alerts: [alert] },
  })
  const answer = await fetch(`${place.url}/api/v1/alerts/${source}`, {
    ...{ method: 'POST', body, signal: patience() },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(place)}` },
  })
  if (!answer.ok) throw new Error(`the alert was answered with ${answer.status}: ${await answer.text()}`)
}
