import { describe, expect, test } from 'vitest'
import { drainOnRequest } from '../../../ingest/shared/drain.ts'
import { createLifecycle } from '../../../ingest/shared/lifecycle.ts'

const REMOTE = '10.0.0.7'
const LOCAL = '127.0.0.1'

const ask = (
  token: string | undefined,
  authorization: string | undefined,
  address: string | undefined,
  method = 'POST',
) => {
  const lifecycle = createLifecycle()
  lifecycle.opened()
  const { status, headers } = drainOnRequest(lifecycle, token, { method, authorization, address })
  return { status, headers, state: lifecycle.state() }
}

describe('with a token', () => {
  test.for([
    { name: 'whoever presents it drains', authorization: 'Bearer secret', status: 200 },
    { name: 'the scheme may be written in small letters', authorization: 'bearer secret', status: 200 },
    { name: 'a wrong token is refused', authorization: 'Bearer guess', status: 401 },
    { name: 'a token that only begins right is refused', authorization: 'Bearer secrets', status: 401 },
    { name: 'an empty token is refused', authorization: 'Bearer ', status: 401 },
    { name: 'the token under another scheme is refused', authorization: 'Basic secret', status: 401 },
    { name: 'nothing is refused', authorization: undefined, status: 401 },
  ])('$name', ({ authorization, status }) => {
    const state = status === 200 ? 'drained' : 'ready'
    expect(ask('secret', authorization, REMOTE)).toMatchObject({ status, state })
  })

  test('a caller on the same machine needs it as well', () => {
    expect(ask('secret', undefined, LOCAL)).toMatchObject({ status: 401, state: 'ready' })
  })

  test('the refusal names the scheme', () => {
    expect(ask('secret', undefined, REMOTE).headers).toMatchObject({ 'WWW-Authenticate': 'Bearer' })
  })
})

describe('without a token', () => {
  test.for([
    { name: 'a caller over IPv4 loopback drains', address: '127.0.0.1', status: 200 },
    { name: 'a caller at another loopback address drains', address: '127.8.9.1', status: 200 },
    { name: 'a caller over IPv6 loopback drains', address: '::1', status: 200 },
    { name: 'a caller over IPv4 on a socket for both drains', address: '::ffff:127.0.0.1', status: 200 },
    { name: 'a caller from elsewhere is refused', address: '10.0.0.7', status: 403 },
    {
      name: 'a caller from elsewhere on a socket for both is refused',
      address: '::ffff:10.0.0.7',
      status: 403,
    },
    { name: 'what only looks like loopback is refused', address: '127.example', status: 403 },
    { name: 'a caller that has gone is refused', address: undefined, status: 403 },
  ])('$name', ({ address, status }) => {
    const state = status === 200 ? 'drained' : 'ready'
    expect(ask(undefined, undefined, address)).toMatchObject({ status, state })
  })
})

test('only POST drains', () => {
  const refused = ask(undefined, undefined, LOCAL, 'GET')
  expect(refused).toMatchObject({ status: 405, state: 'ready', headers: { Allow: 'POST' } })
})
