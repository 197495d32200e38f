import { add, MAX_EVENT, nothing, ofPost, ofResults, refusal, type Tally } from './oracle.ts'
import { openWire, type Wire } from './wire.ts'

/** A connection on which something goes wrong: what it does, the statuses it has to see, and what counts. */
export type Mishap = {
  name: string
  act(wire: Wire): void
  statuses: readonly number[]
  tally: Tally
}

const head = (path: string, ...headers: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: fuzz', ...headers, '', ''].join('\r\n')

const post = (body: string, ...headers: readonly string[]): string =>
  head('/post', `Content-Length: ${body.length}`, ...headers) + body

const unread = (): Tally => refusal(0, 'body').tally
const stored = (count: number): Tally => {
  const tally = nothing()
  for (let n = 0; n < count; n += 1) add(tally, ofPost(Buffer.from('{}')).tally)
  return tally
}

const CHUNKED = 'Transfer-Encoding: chunked'
const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`
const LONG = `{"a":"${'x'.repeat(MAX_EVENT)}"}`

const sending = (text: string) => (wire: Wire) => wire.send(Buffer.from(text, 'latin1'))
const sendingAndEnding = (text: string) => (wire: Wire) => {
  wire.send(text)
  wire.end()
}
const sendingAndTearing = (text: string) => (wire: Wire) => {
  wire.send(text)
  setTimeout(() => wire.destroy(), 20)
}
/** A byte now and then, for as long as the gateway bears it. */
const trickling = (text: string, drop: string) => (wire: Wire) => {
  wire.send(text)
  const timer = setInterval(() => (wire.over() ? clearInterval(timer) : wire.send(drop)), 100)
}

/** Those that are over at once. */
export const QUICK: readonly Mishap[] = [
  {
    name: 'half-closed after a request',
    act: sendingAndEnding(post('{}')),
    statuses: [200],
    tally: stored(1),
  },
  {
    name: 'half-closed after two',
    act: sendingAndEnding(post('{}').repeat(2)),
    statuses: [200, 200],
    tally: stored(2),
  },
  {
    name: 'half-closed in a body',
    act: sendingAndEnding(post('{"a":1}').slice(0, -3)),
    statuses: [400],
    tally: unread(),
  },
  {
    name: 'half-closed in chunks',
    act: sendingAndEnding(`${head('/post/batch', CHUNKED)}3\r\n{}\n\r\n`),
    statuses: [400],
    tally: unread(),
  },
  {
    name: 'half-closed in a header',
    act: sendingAndEnding('POST /post HTTP/1.1\r\nHost'),
    statuses: [400],
    tally: nothing(),
  },
  {
    name: 'torn in a body',
    act: sendingAndTearing(post('{"a":1}').slice(0, -3)),
    statuses: [],
    tally: unread(),
  },
  {
    name: 'torn after pipelined requests',
    act: sendingAndTearing(post('{}').repeat(5)),
    statuses: [],
    tally: stored(5),
  },
  { name: 'torn at once', act: (wire) => wire.destroy(), statuses: [], tally: nothing() },
  {
    name: 'noise',
    act: sending('\x16\x03\x01\x02\x00\x01 noise\r\n\r\n'),
    statuses: [400],
    tally: nothing(),
  },
  {
    name: 'noise behind a request',
    act: sending(`${post('{}')}\x00\x01noise\r\n\r\n`),
    statuses: [200, 400],
    tally: stored(1),
  },
  { name: 'two lengths', act: sending(post('{}', 'Content-Length: 3')), statuses: [400], tally: nothing() },
  { name: 'a length and chunks', act: sending(post('{}', CHUNKED)), statuses: [400], tally: nothing() },
  {
    name: 'a length below zero',
    act: sending(head('/post', 'Content-Length: -1')),
    statuses: [400],
    tally: nothing(),
  },
  {
    name: 'a header without end',
    act: sending(head('/post', `X: ${'x'.repeat(100_000)}`)),
    statuses: [431],
    tally: nothing(),
  },
  {
    name: 'a broken chunk',
    act: sending(`${head('/post', CHUNKED)}2\r\n{}\r\nno length\r\n`),
    statuses: [400],
    tally: unread(),
  },
  {
    name: 'too long by its length',
    act: sending(head('/post', `Content-Length: ${MAX_EVENT + 1}`)),
    statuses: [413],
    tally: unread(),
  },
  {
    name: 'a batch too long by its length',
    act: sending(head('/post/batch', 'Content-Length: 4000001')),
    statuses: [413],
    tally: unread(),
  },
  {
    name: 'too long in chunks',
    act: sending(head('/post', CHUNKED) + chunk(200_000).repeat(6)),
    statuses: [413],
    tally: unread(),
  },
  { name: 'too long, and sent all the same', act: sending(post(LONG)), statuses: [413], tally: unread() },
]

/** Those that take bytes by the megabyte, or as long as a client has for its request. */
export const SLOW: readonly Mishap[] = [
  { name: 'silence', act: () => {}, statuses: [408], tally: nothing() },
  {
    name: 'headers that trickle',
    act: trickling('POST /post HTTP/1.1\r\nHost: fuzz\r\n', 'X-Slow: 1\r\n'),
    statuses: [408],
    tally: nothing(),
  },
  {
    name: 'a body that trickles',
    act: trickling(`${head('/post', 'Content-Length: 1000')}{`, ' '),
    statuses: [408],
    tally: unread(),
  },
  {
    name: 'a batch that trickles',
    act: trickling(`${head('/post/batch', CHUNKED)}`, '1\r\n\n\r\n'),
    statuses: [408],
    tally: unread(),
  },
  {
    name: 'a batch too long in chunks',
    act: sending(head('/post/batch', CHUNKED) + chunk(500_000).repeat(9)),
    statuses: [413],
    tally: unread(),
  },
  {
    name: 'a batch with an event too long',
    act: sending(
      `${head('/post/batch', 'Connection: close', `Content-Length: ${LONG.length + 4}`)}{}\n${LONG}\n`,
    ),
    statuses: [400],
    tally: ofResults(['stored', 'body']).tally,
  },
]

/** Plays it on a connection of its own, and answers the statuses that came. */
export const play = async ({ act, statuses }: Mishap, port: number): Promise<number[]> => {
  const wire = await openWire(port)
  act(wire)
  const seen: number[] = []
  // Who tore the connection does not see what was still answered.
  for (let answer = await wire.answer(); answer !== undefined; answer = await wire.answer())
    seen.push(answer.status)
  wire.destroy()
  return statuses.length === 0 ? [] : seen
}
