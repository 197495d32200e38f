import { expect, test } from 'vitest'
import { FULL } from '../../../ingest/gateway/outcome.ts'
import { createWriteAnswer } from '../../../ingest/gateway/plain-answer.ts'
import { createPlainHeads, readPlainHead } from '../../../ingest/gateway/plain-head.ts'

const head = (...lines: string[]): string => ['POST /post HTTP/1.1', 'Host: a', ...lines].join('\r\n')

test.each([
  ['an ordinary head', head('Content-Type: application/json', 'Content-Length: 12'), 12, false],
  ['names in any case, values with blanks around them', head('cONTENT-lENGTH: \t7 '), 7, false],
  ['the last request of a connection', head('Content-Length: 0', 'Connection: Close'), 0, true],
  ['one that says what goes without saying', head('Connection: keep-alive', 'Content-Length: 1'), 1, false],
  ['fields that nobody reads here, also twice', head('X-A: 1', 'X-A: ', 'Content-Length: 1'), 1, false],
])('plain: %s', (_, text, length, closes) => {
  expect(readPlainHead(text)).toEqual({ length, closes })
})

test.each([
  ['another path', 'POST /post/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 1'],
  ['a query', 'POST /post?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 1'],
  ['another method', 'GET /post HTTP/1.1\r\nHost: a\r\nContent-Length: 1'],
  ['another version', 'POST /post HTTP/1.0\r\nHost: a\r\nContent-Length: 1'],
  ['no host', 'POST /post HTTP/1.1\r\nContent-Length: 1'],
  ['two hosts', head('Host: b', 'Content-Length: 1')],
  ['no length', head()],
  ['two lengths, equal or not', head('Content-Length: 1', 'content-length: 1')],
  ['a length that is no number', head('Content-Length: 1, 1')],
  ['a length with a sign', head('Content-Length: +1')],
  ['a length that is too long', head('Content-Length: 12345678')],
  ['chunks', head('Transfer-Encoding: chunked')],
  ['chunks and a length', head('Content-Length: 1', 'transfer-encoding: chunked')],
  ['a client that waits for a 100', head('Content-Length: 1', 'Expect: 100-continue')],
  ['an upgrade', head('Content-Length: 1', 'Upgrade: h2c')],
  ['a connection with several words', head('Content-Length: 1', 'Connection: close, x')],
  ['two connections', head('Content-Length: 1', 'Connection: close', 'Connection: keep-alive')],
  ['a blank before the colon', head('Content-Length : 1')],
  ['a folded line', head('Content-Length: 1', ' 2')],
  ['a line without a colon', head('Content-Length: 1', 'abc')],
  ['a bare line feed in a value', head('Content-Length: 1', 'X-A: 1\nTransfer-Encoding: chunked')],
  ['a bare carriage return', head('Content-Length: 1', 'X-A: 1\r2')],
  ['a control character', head('Content-Length: 1', 'X-A: \u0000')],
  ['nothing', ''],
])('for the parser: %s', (_, text) => {
  expect(readPlainHead(text)).toBeUndefined()
})

test('heads are remembered, only so many of them, and only plain ones', () => {
  const heads = createPlainHeads(2)
  const first = heads.read(head('Content-Length: 1'))
  expect(heads.read(head('Content-Length: 1'))).toBe(first)
  expect(heads.read(head('Content-Length: x'))).toBeUndefined()
  for (const n of [2, 3]) heads.read(head(`Content-Length: ${n}`))
  const again = heads.read(head('Content-Length: 1'))
  expect(again).not.toBe(first)
  expect(again).toEqual(first)
})

test('an answer is written as the server behind the parser writes it', () => {
  const write = createWriteAnswer(() => 1_000_999, 75_000)
  expect(write({ status: 200, contentType: 'a/b', text: '{}\n' }, false)).toBe(
    'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 3\r\nDate: Thu, 01 Jan 1970 00:16:40 GMT\r\n' +
      'Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n\r\n{}\n',
  )
  expect(write(FULL.answer, true)).toMatch(
    /^HTTP\/1.1 503 Service Unavailable\r\n.*Retry-After: 1\r\n.*Connection: close\r\n\r\nToo many events wait already\n$/s,
  )
})
