import { beforeAll, describe, expect, test } from 'vitest'
import { type ApiWorld, anApi, TOKEN } from './world.ts'

let api: ApiWorld
beforeAll(async () => {
  api = await anApi()
})

describe('what is', () => {
  test('the status is answered whole', async () => {
    const { code, body } = await api.get('/api/v1/status')
    expect(code).toBe(200)
    expect(body).toEqual(JSON.parse(JSON.stringify(api.parts.shown.status())))
    expect(body).toMatchObject({
      controller: 'capuchin',
      workloads: [{ workload: 'ingest' }, { workload: 'mail' }],
    })
  })

  test('workloads, one by one too, with what binds them and their instances', async () => {
    const all = await api.get('/api/v1/workloads')
    expect(all.body).toMatchObject({ workloads: [{ workload: 'ingest' }, { workload: 'mail' }] })
    const one = await api.get('/api/v1/workloads/mail')
    expect(one.body).toMatchObject({
      workload: { workload: 'mail' },
      overrides: [],
      instances: [{ workload: 'mail', pool: 'edge', slots: [expect.any(Number), expect.any(Number)] }, {}],
    })
  })

  test('instances by where and how they are', async () => {
    const { body } = await api.get('/api/v1/instances?workload=ingest&state=ready&pool=edge')
    const { instances } = body as { instances: { workload: string; host: string }[] }
    expect(instances).toHaveLength(2)
    const [first] = instances
    const there = await api.get(`/api/v1/instances?host=${first?.host}&workload=ingest`)
    expect(there.body).toMatchObject({ instances: [first] })
  })

  test('pools with their hosts and slots', async () => {
    const { body } = await api.get('/api/v1/pools/edge')
    expect(body).toMatchObject({
      pool: 'edge',
      hosts: [{ slots: [{}, {}, {}] }, {}, {}],
      spending: { pricePerHour: 3.1 },
    })
    expect((await api.get('/api/v1/pools')).body).toMatchObject({ pools: [body] })
  })

  test('a plan', async () => {
    expect((await api.get('/api/v1/plan')).body).toMatchObject({
      decisions: [{}, {}],
      steps: expect.any(Array),
    })
  })
})

describe('what was', () => {
  test('decisions by workload, reason and time as people write it', async () => {
    const all = (await api.get('/api/v1/decisions?workload=ingest&from=-1h')).body as {
      decisions: { decision: { reason: string } }[]
      more: boolean
    }
    expect(all.more).toBe(false)
    const reasons = new Set(all.decisions.map(({ decision }) => decision.reason))
    expect(reasons.size).toBeGreaterThan(1)
    const [reason = ''] = reasons
    const some = (await api.get(`/api/v1/decisions?workload=ingest&reason=${reason}`)).body as typeof all
    expect(some.decisions.length).toBeLessThan(all.decisions.length)
    expect(some.decisions.every(({ decision }) => decision.reason === reason)).toBe(true)
    const before = new Date(api.now() - 3_600_000).toISOString()
    expect((await api.get(`/api/v1/decisions?to=${before}`)).body).toEqual({ decisions: [], more: false })
  })

  test('the newest decisions, and that there are older ones', async () => {
    expect((await api.get('/api/v1/decisions?limit=1')).body).toMatchObject({
      decisions: [{ kind: 'decision' }],
      more: true,
    })
  })

  test('an explanation of now, with the zone that was asked for', async () => {
    const { body } = await api.get('/api/v1/explain/ingest?zone=Europe/Moscow&span=600000')
    expect(body).toMatchObject({
      workload: 'ingest',
      zone: 'Europe/Moscow',
      next: { out: {}, in: {} },
      notes: [],
    })
  })

  test('costs, to which the hour under way belongs', async () => {
    expect((await api.get('/api/v1/cost?from=-1h')).body).toMatchObject({
      total: { pools: [{ pool: 'edge', money: expect.any(Number) }] },
    })
  })

  test('history and numbers keep their shape of before', async () => {
    const history = (await api.get(`/api/v1/history?from=0&to=${api.now()}&kind=outcome&limit=3`)).body
    expect(history).toMatchObject([{ kind: 'outcome' }, {}, {}])
    const numbers = (await api.get(`/api/v1/numbers?workload=ingest&from=0&to=${api.now()}`)).body
    expect(numbers).toHaveLength(8)
  })
})

describe('what is asked wrong is told in words', () => {
  test.for<{ path: string; code: number; says: string }>([
    { path: 'workloads/ingst', code: 404, says: 'there is no workload "ingst"; did you mean "ingest"?' },
    { path: 'pools/edg', code: 404, says: 'there is no pool "edg"; did you mean "edge"?' },
    { path: 'instances?host=nowhere', code: 404, says: 'there is no host "nowhere"' },
    {
      path: 'instances?workloads=ingest',
      code: 400,
      says: 'workloads: unknown key; did you mean "workload"?',
    },
    {
      path: 'instances?state=redy',
      code: 400,
      says: 'state: has to be one of starting, ready, unready, dead, lost, draining, leaving, not "redy"; did you mean "ready"?',
    },
    { path: 'status?x=1', code: 400, says: 'x: unknown key' },
    {
      path: 'decisions?limit=0',
      code: 400,
      says: 'limit: has to be a whole number from 1 to 10000, not "0"',
    },
    {
      path: 'decisions?workload=mial',
      code: 404,
      says: 'nothing is known of a workload "mial"; did you mean "mail"?',
    },
    { path: 'decisions?workload=a&workload=b', code: 400, says: 'workload: has to be a text, not a list' },
    {
      path: 'history?from=yesterday',
      code: 400,
      says: 'from: "yesterday" is no time: say 14:02 or 14:02:30 (today), 2026-11-22 14:02, 2026-11-22T14:02:30Z, or -2h (also "2h ago"), or epoch milliseconds',
    },
    {
      path: 'numbers?workload=ingest&from=1',
      code: 400,
      says: 'to: is missing: a time such as -2h, 2026-11-22T14:02:00Z or epoch milliseconds',
    },
    { path: 'explain/ingst', code: 404, says: 'there is no workload "ingst"; did you mean "ingest"?' },
    { path: 'explain/ingest?at=99999999999999', code: 400, says: 'at: that time is still to come' },
    {
      path: 'explain/ingest?zone=Mars',
      code: 400,
      says: 'zone: has to be a time zone, such as Europe/Moscow',
    },
    { path: 'cost?from=1&to=1', code: 400, says: 'from has to be before to' },
    {
      path: 'statuses',
      code: 404,
      says: 'there is no GET /api/v1/statuses: /api/v1/openapi.json tells what there is',
    },
  ])('$path', async ({ path, code, says }) => {
    expect(await api.get(`/api/v1/${path}`)).toEqual({ code, body: { detail: says } })
  })

  test('times of one instant in all forms find the same', async () => {
    const at = api.now() - 30_000
    const iso = new Date(at).toISOString()
    const moscow = `${new Date(at + 3 * 3_600_000).toISOString().slice(0, 23)}+03:00`
    const forms = [String(at), iso, moscow, encodeURIComponent(moscow), '-30s', '30s ago']
    const answers = await Promise.all(
      forms.map((form) => api.get(`/api/v1/history?from=${form.replace(' ', '%20')}`)),
    )
    for (const one of answers) expect(one).toEqual(answers[0])
    expect(answers[0]?.code).toBe(200)
  })
})

test('who laid what over the judgement, and why, is in the history', async () => {
  const headers = { authorization: `Bearer ${TOKEN}` }
  const payload = { act: { kind: 'pause', workload: 'mail' }, by: 'anna', why: 'load test', for: '1h' }
  const laid = await api.app.inject({ method: 'POST', url: '/api/v1/overrides', headers, payload })
  expect(laid.json()).toMatchObject({
    override: { by: 'anna' },
    said: expect.stringContaining('mail is paused'),
  })
  expect((await api.get('/api/v1/workloads/mail')).body).toMatchObject({
    overrides: [{ by: 'anna', why: 'load test' }],
  })
  const { body } = await api.get('/api/v1/history?kind=outcome&workload=mail&limit=1')
  expect(body).toMatchObject([
    { subject: 'mail', sentence: expect.stringMatching(/paused by anna.*load test/) },
  ])
})

test('answers are data: no browser guesses at them, keeps them or runs anything in them', async () => {
  const { headers } = await api.app.inject('/api/v1/status')
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  })
})
