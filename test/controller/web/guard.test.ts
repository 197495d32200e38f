import { expect, test } from 'vitest'
import { refusalOf } from '../../../controller/web/guard.ts'

const token = 'a-token-of-a-decent-length'
const good = { authorization: `Bearer ${token}`, host: '127.0.0.1:7070', 'content-type': 'application/json' }

test.for<{ name: string; method?: string; headers: Record<string, string>; code?: number }>([
  { name: 'the token and JSON', headers: good },
  {
    name: 'JSON with a character set',
    headers: { ...good, 'content-type': 'application/json; charset=utf-8' },
  },
  { name: 'a scheme in lower case', headers: { ...good, authorization: `bearer ${token}` } },
  { name: 'the same origin', headers: { ...good, origin: 'http://127.0.0.1:7070' } },
  { name: 'a DELETE without a body', method: 'DELETE', headers: { authorization: `Bearer ${token}` } },
  { name: 'no token', headers: { 'content-type': 'application/json' }, code: 401 },
  { name: 'an empty token', headers: { ...good, authorization: 'Bearer ' }, code: 401 },
  {
    name: 'a wrong token',
    headers: { ...good, authorization: 'Bearer a-token-of-a-decent-lengtH' },
    code: 401,
  },
  { name: 'the beginning of the token', headers: { ...good, authorization: 'Bearer a-token' }, code: 401 },
  {
    name: 'a password in place of a token',
    headers: { ...good, authorization: `Basic ${token}` },
    code: 401,
  },
  { name: 'a page of another origin', headers: { ...good, origin: 'https://evil.example' }, code: 403 },
  { name: 'a page of no origin', headers: { ...good, origin: 'null' }, code: 403 },
  { name: 'a form', headers: { ...good, 'content-type': 'application/x-www-form-urlencoded' }, code: 415 },
  {
    name: 'plain text, which a page may send',
    headers: { ...good, 'content-type': 'text/plain' },
    code: 415,
  },
  { name: 'no type at all', headers: { authorization: `Bearer ${token}` }, code: 415 },
])('$name: $code', ({ method = 'POST', headers, code }) => {
  expect(refusalOf({ method, headers }, [token])?.code).toBe(code)
})

test('without a token of its own it lets nobody in', () => {
  expect(refusalOf({ method: 'POST', headers: good }, [])?.code).toBe(503)
})
