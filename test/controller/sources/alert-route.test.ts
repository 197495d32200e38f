import { expect, test } from 'vitest'
import { alertSource } from '../../../controller/sources/alert.ts'
import { AlertConfig } from '../../../controller/sources/alert-config.ts'
import { alertRoutes } from '../../../controller/sources/alert-route.ts'
import type { Source } from '../../../controller/sources/source.ts'
import { buildServer } from '../../../controller/web/server.ts'
import { aDoor } from '../../support/door.ts'
import { deps } from './wire.ts'

const OPERATOR = 'operator-0123456789'
const ALERTS = 'alerts-0123456789'

const body = {
  version: '4',
  alerts: [{ status: 'firing', labels: { alertname: 'HighLoad' }, fingerprint: 'f1' }],
}

/** A server with an alert source `nagios`, one of another kind, and a token of its own for the first. */
async function served(sources: 'there' | 'starting' = 'there') {
  const config = AlertConfig.parse({ type: 'alert', tokenFile: 'token' })
  const nagios = alertSource(config, deps({ readFile: () => `${ALERTS}\n` }))
  const { read, close } = nagios
  const all = new Map<string, Source>([
    ['nagios', nagios],
    ['main', { read, close }],
  ])
  const counted: string[] = []
  const waited: number[] = []
  const door = aDoor(OPERATOR, { sleep: async (ms) => void waited.push(ms) })
  const route = alertRoutes({
    door,
    sources: () => (sources === 'there' ? all : undefined),
    received: (source, outcome, firing) => void counted.push([source, outcome, firing].join(' ').trim()),
  })
  const app = await buildServer([route])
  const post = (token: string | undefined, payload: string | object = body, source = 'nagios') =>
    app.inject({
      ...{ method: 'POST', url: `/api/v1/alerts/${source}` },
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  return { post, counted, waited }
}

test.for<[string, string | undefined, string | object, string, number, RegExp]>([
  ['with its own token', ALERTS, body, 'nagios', 200, /"firing":1/],
  ["with the controller's", OPERATOR, body, 'nagios', 200, /"firing":1/],
  ['without a token', undefined, body, 'nagios', 401, /needs the token/],
  ['with a wrong one', 'wrong', body, 'nagios', 401, /not the token/],
  ['its token is good for it alone', ALERTS, body, 'main', 401, /not the token/],
  ['a source of another kind', OPERATOR, body, 'main', 404, /no source main of type alert/],
  ['no such source', OPERATOR, body, 'nagio', 404, /no source nagio of type alert/],
  ['no JSON', OPERATOR, '{', 'nagios', 400, /./],
  ['another JSON', OPERATOR, { version: '4' }, 'nagios', 400, /alerts/],
  ['more than anybody says', OPERATOR, { ...body, x: 'x'.repeat(5_000_000) }, 'nagios', 413, /./],
])('%s', async ([, token, payload, source, code, text]) => {
  const { post, waited } = await served()
  const answer = await post(token, payload, source)
  expect([answer.statusCode, answer.body]).toEqual([code, expect.stringMatching(text)])
  expect(waited.length).toBe(code === 401 && token !== undefined ? 1 : 0)
})

test('while the controller starts, come again', async () => {
  const { post } = await served('starting')
  const answer = await post(OPERATOR)
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
})

test('messages are counted by what came of them, strangers under one name', async () => {
  const { post, counted } = await served()
  await post(ALERTS)
  await post(ALERTS, { version: '4', alerts: 1 })
  await post(OPERATOR, body, 'made-up')
  expect(counted).toEqual(['nagios taken 1', 'nagios wrong 1', 'none unknown'])
})
