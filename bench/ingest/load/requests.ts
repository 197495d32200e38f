import type { Connection, Shape } from './order.ts'

/** Requests that are written once and sent again and again. `events` is how many events each one carries. */
export interface Requests {
  next(): Buffer
  events: number
}

/** So many different ones: that bodies differ keeps compression honest, and holding them costs little. */
const SINGLES = 1_024
const BATCHES = 64

/** Writes them for one server. Single events go to /post, batches as lines of JSON to /post/batch. */
export function writeRequests(host: string, port: number, shape: Shape, connection: Connection): Requests {
  const at = `${host}:${port}`
  const all = shape.kind === 'single' ? singles(at, connection) : batches(at, connection, shape.events)
  let turn = 0
  const next = (): Buffer => {
    const request = all[turn % all.length]
    turn++
    if (request === undefined) throw new Error('no request was written')
    return request
  }
  return { next, events: shape.kind === 'single' ? 1 : shape.events }
}

const singles = (at: string, connection: Connection): Buffer[] =>
  Array.from({ length: SINGLES }, (_, n) => post(at, '/post', 'application/json', connection, eventOf(n)))

const batches = (at: string, connection: Connection, events: number): Buffer[] =>
  Array.from({ length: BATCHES }, (_, n) => {
    const lines = Array.from({ length: events }, (__, i) => `${eventOf(n * events + i)}\n`)
    return post(at, '/post/batch', 'application/x-ndjson', connection, lines.join(''))
  })

/** An event of about 110 bytes, as a game sends them. */
export function eventOf(n: number): string {
  const spent = (n * 7_919) % 100_000
  return JSON.stringify({
    id: `${(n * 2_654_435_761) % 4_294_967_296}-${n}`,
    type: ['level-up', 'purchase', 'login', 'battle'][n % 4],
    player: (n * 104_729) % 1_000_003,
    level: n % 60,
    spent,
    at: 1_760_000_000_000 + n * 37,
  })
}

function post(at: string, path: string, type: string, connection: Connection, body: string): Buffer {
  const closing = connection === 'close' ? 'Connection: close\r\n' : ''
  const length = Buffer.byteLength(body)
  const head = `POST ${path} HTTP/1.1\r\nHost: ${at}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n${closing}\r\n`
  return Buffer.from(head + body)
}
