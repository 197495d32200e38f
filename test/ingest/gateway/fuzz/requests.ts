import { between, pick } from '../../../support/random.ts'
import { nearBatch, nearEvent } from './bodies.ts'
import { type Expected, nothing, ofBatch, ofPost, refusal } from './oracle.ts'

/** A request as bytes, and what has to come of it; `refused`: 400, and the answer says what of it is stored. */
export type Drawn = { bytes: Buffer; expected: Expected | 'refused' }

type Random = () => number

/** A request that keeps its connection: an ordinary one, or one with a wrong method or path. */
export const drawRequest = (random: Random): Drawn => {
  const kind = random()
  if (kind < 0.05) return wrong(random)
  const type = pick(random, [undefined, 'application/json', 'application/x-ndjson', 'text/plain'])
  if (kind < 0.5) {
    const body = nearEvent(random)
    return { bytes: framed(random, 'POST', '/post', body, type), expected: ofPost(body) }
  }
  const body = nearBatch(random)
  const expected = ofBatch(body, type === 'application/x-ndjson')
  return { bytes: framed(random, 'POST', '/post/batch', body, type), expected }
}

const wrong = (random: Random): Drawn => {
  const method = pick(random, ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
  const path = pick(random, ['/post', '/post/batch', '/post/', '/posts', '/post/batch/', '/'])
  const isPath = path === '/post' || path === '/post/batch'
  const expected = isPath ? refusal(405, 'refused') : { status: 404, tally: nothing() }
  return { bytes: framed(random, method, path, nearEvent(random)), expected }
}

/** With a length or in chunks. */
const framed = (random: Random, method: string, path: string, body: Buffer, type?: string): Buffer => {
  const head = `${method} ${path} HTTP/1.1\r\nHost: fuzz\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}`
  if (random() < 0.7) {
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body])
  }
  return Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunks(random, body)])
}

const chunks = (random: Random, body: Buffer): Buffer[] => {
  const made: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const piece = body.subarray(at, at + between(random, 1, Math.max(1, body.length)))
    made.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
    at += piece.length
  }
  return [...made, Buffer.from('0\r\n\r\n')]
}
