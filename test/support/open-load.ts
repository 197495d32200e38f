import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

/** Events that are sent by the clock, whatever becomes of the ones before. */
export type OpenLoad = {
  /** From now on so many events a second. */
  rate(perSecond: number): void
  counts(): Counts
  /** Sends no more; settles with the counts when all that was sent is answered. */
  stop(): Promise<Counts>
}

/** `failed`: how many were refused, cut off, not answered in time, or sent to nobody because the list was empty, by reason. */
export type Counts = { sent: number; acknowledged: number; failed: Record<string, number> }

/** `listEvery`: how often the list is read (ms). `bodyOf`: of the n-th event. `acknowledged` is told of each that is. */
export type LoadOptions = {
  listEvery?: number
  bodyOf?(n: number): string
  acknowledged?(n: number): void
}

const BEAT = 10
const LIST_EVERY = 200
const DEADLINE = 5_000
const BODY = JSON.stringify({ event: 'x'.repeat(100) })

/**
 * Posts events, `perSecond` of them, to the instances that the file `list` names (one `address:port` a line), one after the other,
 * over connections that stay open. A list that is not there yet names nobody.
 */
export const startOpenLoad = (
  list: string,
  perSecond: number,
  { listEvery = LIST_EVERY, bodyOf = () => BODY, acknowledged = () => {} }: LoadOptions = {},
): OpenLoad => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const counts: Counts = { sent: 0, acknowledged: 0, failed: {} }
  const underWay = new Set<Promise<void>>()
  let pace = { perSecond, since: performance.now(), sent: 0 }
  let targets = readList(list)

  const send = () => {
    const n = counts.sent++
    const target = targets[n % Math.max(1, targets.length)]
    pace.sent++
    const answered = post(agent, target, bodyOf(n)).then((outcome) => {
      if (outcome === 'acknowledged') {
        counts.acknowledged++
        acknowledged(n)
      } else counts.failed[outcome] = (counts.failed[outcome] ?? 0) + 1
      underWay.delete(answered)
    })
    underWay.add(answered)
  }
  const beat = setInterval(() => {
    const due = ((performance.now() - pace.since) / 1000) * pace.perSecond
    while (pace.sent < due) send()
  }, BEAT)
  const look = setInterval(() => {
    targets = readList(list)
  }, listEvery)
  return {
    rate: (next) => {
      pace = { perSecond: next, since: performance.now(), sent: 0 }
    },
    counts: () => structuredClone(counts),
    stop: async () => {
      clearInterval(beat)
      clearInterval(look)
      await Promise.all(underWay)
      agent.destroy()
      return counts
    },
  }
}

const readList = (path: string): URL[] => {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => new URL(`http://${line}/post`))
  } catch {
    return []
  }
}

const post = (agent: Agent, target: URL | undefined, body: string): Promise<string> =>
  new Promise((resolve) => {
    if (target === undefined) return resolve('the list is empty')
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const signal = AbortSignal.timeout(DEADLINE)
    const sent = request(target, { method: 'POST', agent, headers, signal }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode === 200 ? 'acknowledged' : `${answer.statusCode}`))
      answer.once('error', ({ message }) => resolve(message))
    })
    sent.once('error', ({ message }) => resolve(message))
    sent.end(body)
  })
