import { constants, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../../controller/providers/yandex/api.ts'
import { tokenFile } from '../../../../controller/providers/yandex/token-file.ts'
import { keyFileToken } from '../../../../controller/providers/yandex/token-key-file.ts'
import { metadataToken } from '../../../../controller/providers/yandex/token-metadata.ts'
import { type FreshToken, freshOf, openTokens } from '../../../../controller/providers/yandex/tokens.ts'

const never = new AbortController().signal
const hour = 3_600_000
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const secretLine = pem.split('\n')[5] ?? ''

const answer = <T>(value: T): Answer<T> => ({ kind: 'answer', value })
const failed = (code: 'auth' | 'transient', detail = 'no token'): Answer<never> => ({
  kind: 'failed',
  code,
  detail,
})

describe('the tokens in use', () => {
  const bench = () => {
    const warned: object[] = []
    const log = { info: () => {}, warn: (fields: object) => void warned.push(fields) }
    const clock = { now: 1_000_000 }
    let got = 0
    let next: () => Answer<FreshToken> = () =>
      answer({ text: `token-${++got}`, freshFor: hour, validFor: 12 * hour })
    const tokens = openTokens(async () => next(), { now: () => clock.now, log })
    return {
      clock,
      tokens,
      warned,
      got: () => got,
      refuse: (code: 'auth' | 'transient') => {
        next = () => failed(code)
      },
    }
  }

  test('are got once for all who ask at the same time', async () => {
    const { tokens, got } = bench()
    const all = await Promise.all([tokens.get(never), tokens.get(never), tokens.get(never)])
    expect(all).toEqual([answer('token-1'), answer('token-1'), answer('token-1')])
    expect(got()).toBe(1)
  })

  test('are kept while they are fresh, and renewed after that', async () => {
    const { tokens, clock } = bench()
    await tokens.get(never)
    clock.now += hour - 1
    expect(await tokens.get(never)).toEqual(answer('token-1'))
    clock.now += 1
    expect(await tokens.get(never)).toEqual(answer('token-2'))
  })

  test('are renewed when the clock was put back: nobody knows how old they are', async () => {
    const { tokens, clock } = bench()
    await tokens.get(never)
    clock.now -= hour
    expect(await tokens.get(never)).toEqual(answer('token-2'))
  })

  test('are used on while they hold when they cannot be renewed, with a warning a minute', async () => {
    const { tokens, clock, warned, refuse } = bench()
    await tokens.get(never)
    refuse('transient')
    clock.now += hour
    expect(await tokens.get(never)).toEqual(answer('token-1'))
    expect(await tokens.get(never)).toEqual(answer('token-1'))
    expect(warned).toHaveLength(1)
    clock.now += 60_000
    await tokens.get(never)
    expect(warned).toHaveLength(2)
  })

  test('are not used when they are over', async () => {
    const { tokens, clock, refuse } = bench()
    await tokens.get(never)
    refuse('transient')
    clock.now += 12 * hour
    expect(await tokens.get(never)).toEqual(failed('transient'))
  })

  test('are got anew when the cloud refuses them, once for all who were refused', async () => {
    const { tokens } = bench()
    await tokens.get(never)
    tokens.refuse('token-1')
    expect(await tokens.get(never)).toEqual(answer('token-2'))
    tokens.refuse('token-1')
    expect(await tokens.get(never)).toEqual(answer('token-2'))
  })

  test('are secrets, also the one before', async () => {
    const { tokens } = bench()
    await tokens.get(never)
    tokens.refuse('token-1')
    expect(tokens.secrets()).toEqual(['token-1'])
    await tokens.get(never)
    expect(tokens.secrets()).toEqual(['token-2', 'token-1'])
  })

  test('are not waited for longer than the caller wants, and the request serves the others', async () => {
    const { promise, resolve } = Promise.withResolvers<Answer<FreshToken>>()
    const log = { info: () => {}, warn: () => {} }
    const tokens = openTokens(() => promise, { now: () => 0, log })
    const stop = new AbortController()
    const one = tokens.get(stop.signal)
    const other = tokens.get(never)
    stop.abort()
    expect(await one).toMatchObject({ kind: 'failed', code: 'transient' })
    resolve(answer({ text: 'late', freshFor: hour }))
    expect(await other).toEqual(answer('late'))
    expect(await tokens.get(AbortSignal.abort())).toMatchObject({ kind: 'failed' })
  })

  test.each([
    ['an hour of a token of 12 hours', 12 * hour, hour],
    ['half of what is left, when that is less', hour, hour / 2],
    ['some seconds of one that is nearly over', 10_000, 5_000],
  ])('%s', (_, validFor, fresh) => {
    expect(freshOf(validFor)).toBe(fresh)
  })
})

describe('the key file of a service account', () => {
  const warning = 'PLEASE DO NOT REMOVE THIS LINE! Yandex.Cloud SA Key ID <ajekey>\n'
  const file = (change: object = {}) =>
    JSON.stringify({ id: 'ajekey', service_account_id: 'ajesa', private_key: warning + pem, ...change })
  const now = () => 1_700_000_000_500

  test('makes a request that is signed with its key and holds for an hour', async () => {
    let jwt = ''
    const source = keyFileToken('/key.json', { now, readFile: async () => file() }, async (sent) => {
      jwt = sent
      return answer({ token: 't1.token', expiresAt: now() + 6 * hour })
    })
    expect(await source(never)).toEqual(answer({ text: 't1.token', freshFor: hour, validFor: 6 * hour }))
    const [head = '', body = '', signature = ''] = jwt.split('.')
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(read(head)).toEqual({ typ: 'JWT', alg: 'PS256', kid: 'ajekey' })
    expect(read(body)).toEqual({
      iss: 'ajesa',
      aud: 'https://iam.api.cloud.yandex.net/iam/v1/tokens',
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    })
    const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    const signed = (text: string) =>
      verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64url'))
    expect(signed(`${head}.${body}`)).toBe(true)
    expect(signed(`${head}.${body}x`)).toBe(false)
  })

  test('a token without a time holds for 12 hours', async () => {
    const source = keyFileToken('/key.json', { now, readFile: async () => file() }, async () =>
      answer({ token: 't1.token' }),
    )
    expect(await source(never)).toMatchObject({ value: { freshFor: hour, validFor: 12 * hour } })
  })

  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const ecPem = ecKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  test.each<[string, string, RegExp]>([
    ['one that is not JSON', pem, /\/key.json is not JSON: make one with "yc iam key create/],
    ['one without an id', file({ id: undefined }), /\/key.json lacks id: make one with "yc iam key create/],
    ['one that is a list', '[]', /make one with "yc iam key create/],
    [
      'one whose key was cut off',
      file({ private_key: pem.slice(0, 900) }),
      /private_key in \/key.json is not an RSA key/,
    ],
    [
      'one with a key of another kind',
      file({ private_key: ecPem }),
      /private_key in \/key.json is not an RSA key/,
    ],
  ])('%s is refused with the remedy, and without a word of what is in it', async (_, text, sentence) => {
    const source = keyFileToken('/key.json', { now, readFile: async () => text }, async () =>
      failed('transient'),
    )
    const refusal = await source(never)
    expect(refusal).toMatchObject({ kind: 'failed', code: 'auth', detail: expect.stringMatching(sentence) })
    expect(JSON.stringify(refusal)).not.toContain(secretLine)
    expect(JSON.stringify(refusal)).not.toContain('BEGIN')
  })

  test('one that is not there is refused by name', async () => {
    const readFile = () => Promise.reject(new Error("ENOENT: no such file or directory, open '/key.json'"))
    const refusal = await keyFileToken('/key.json', { now, readFile }, async () => failed('auth'))(never)
    expect(refusal).toMatchObject({ code: 'auth', detail: expect.stringMatching(/ENOENT.*auth.keyFile/) })
  })

  test('a key that IAM does not take is said to be so; a service that is away is asked again', async () => {
    const asked = (code: 'auth' | 'transient') =>
      keyFileToken('/key.json', { now, readFile: async () => file() }, async () => failed(code))(never)
    expect(await asked('auth')).toMatchObject({
      code: 'auth',
      detail: expect.stringMatching(/IAM does not take the key of \/key.json .*clock/),
    })
    expect(await asked('transient')).toMatchObject({ code: 'transient' })
  })

  test('a token that is over when it comes means that a clock is wrong', async () => {
    const source = keyFileToken('/key.json', { now, readFile: async () => file() }, async () =>
      answer({ token: 't1.token', expiresAt: now() - 1 }),
    )
    expect(await source(never)).toMatchObject({ code: 'auth', detail: expect.stringMatching(/clock/) })
  })
})

describe('the metadata service', () => {
  const asked: { url: string; flavor: string | null }[] = []
  const source = (respond: () => Response | Promise<Response>) =>
    metadataToken('http://meta:1/', {
      fetch: async (url, init) => {
        asked.push({ url: String(url), flavor: new Headers(init?.headers).get('Metadata-Flavor') })
        return await respond()
      },
    })

  test('is asked where and how the instance metadata service wants it', async () => {
    const body = { access_token: 't1.fromMeta', expires_in: 3_600, token_type: 'Bearer' }
    expect(await source(() => Response.json(body))(never)).toEqual(
      answer({ text: 't1.fromMeta', freshFor: hour / 2, validFor: hour }),
    )
    expect(asked.at(-1)).toEqual({
      url: 'http://meta:1/computeMetadata/v1/instance/service-accounts/default/token',
      flavor: 'Google',
    })
  })

  test.each<[string, () => Response | Promise<Response>, 'auth' | 'transient', RegExp]>([
    ['a VM without an account', () => new Response('', { status: 404 }), 'auth', /service account/],
    ['a service that fails', () => new Response('t1.oops', { status: 500 }), 'transient', /answers 500/],
    ['a page of a proxy', () => new Response('<html>t1.oops'), 'transient', /not a token/],
    [
      'a token that cannot be sent',
      () => Response.json({ access_token: 't1.oops\r\nx: y', expires_in: 9 }),
      'transient',
      /not a token/,
    ],
    [
      'a service that is not there',
      () => Promise.reject(new TypeError('fetch failed')),
      'transient',
      /no answer.*auth.keyFile/,
    ],
  ])('%s is said to be so, without repeating what it said', async (_, respond, code, sentence) => {
    const refusal = await source(respond)(never)
    expect(refusal).toMatchObject({ kind: 'failed', code, detail: expect.stringMatching(sentence) })
    expect(JSON.stringify(refusal)).toContain('http://meta:1')
    expect(JSON.stringify(refusal)).not.toContain('oops')
  })
})

describe('the token file', () => {
  test('is read anew each time, and used for a minute', async () => {
    let text = 't1.first\n'
    const source = tokenFile('/token', { readFile: async () => text })
    expect(await source(never)).toEqual(answer({ text: 't1.first', freshFor: 60_000 }))
    text = '  t1.second '
    expect(await source(never)).toMatchObject({ value: { text: 't1.second' } })
  })

  test.each([
    ['an empty file', ''],
    ['a file of several lines', 't1.secret\nt1.secret'],
    ['a file with something else', '{"iamToken": "t1.secret"}'],
  ])('%s is refused by name, without what is in it', async (_, text) => {
    const refusal = await tokenFile('/token', { readFile: async () => text })(never)
    expect(refusal).toMatchObject({ code: 'auth', detail: expect.stringMatching(/^\/token .*yc iam/) })
    expect(JSON.stringify(refusal)).not.toContain('t1.')
  })

  test('one that is not there is refused by name', async () => {
    const readFile = () => Promise.reject(new Error('EACCES: permission denied'))
    const refusal = await tokenFile('/token', { readFile })(never)
    expect(refusal).toMatchObject({ code: 'auth', detail: expect.stringMatching(/EACCES.*auth.tokenFile/) })
  })
})
