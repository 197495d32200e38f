import type { Order } from './order.ts'
import { createWire, type Outcome, type Wire } from './wire.ts'

/** As many connections as there may be requests at once. */
export interface Wires {
  /** How many requests can be sent now. */
  free(): number
  /** Sends over a free one. `settle` is told when it is free again, which a failure delays. */
  send(request: Buffer, settle: (outcome: Outcome) => void): void
  /** Settles when nothing is under way any more. */
  idle(): Promise<void>
  close(): void
}

type Line = { wire: Wire; since: number | undefined }

const LOOK_EVERY = 100
/** So that a server that refuses is not asked in a tight circle. */
const REST = 10

/** `now` is a monotonic clock, ms. */
export function createWires(
  { host, port, connection, connections, answerWithin }: Order,
  now: () => number,
): Wires {
  const lines: Line[] = Array.from({ length: connections }, () => {
    return { wire: createWire(host, port, connection), since: undefined }
  })
  const free = [...lines]
  let finished: (() => void) | undefined

  function release(line: Line): void {
    free.push(line)
    if (free.length === lines.length) finished?.()
  }

  function expire(): void {
    const limit = now() - answerWithin
    for (const { wire, since } of lines)
      if (since !== undefined && since < limit) wire.abort(`no answer in ${answerWithin} ms`)
  }

  const timer = setInterval(expire, LOOK_EVERY)
  return {
    free: () => free.length,
    send(request, settle) {
      const line = free.pop()
      if (line === undefined) throw new Error('no connection is free')
      line.since = now()
      line.wire.send(request, (outcome) => {
        line.since = undefined
        const done = (): void => {
          release(line)
          settle(outcome)
        }
        if (outcome.kind === 'answered' && outcome.status === 200) done()
        else settleLater(outcome, line, settle)
      })
    },
    idle: () =>
      new Promise((resolve) => {
        finished = resolve
        if (free.length === lines.length) resolve()
      }),
    close() {
      clearInterval(timer)
      for (const { wire } of lines) wire.abort('the load is over')
    },
  }

  function settleLater(outcome: Outcome, line: Line, settle: (outcome: Outcome) => void): void {
    const kept: Outcome =
      outcome.kind === 'failed' ? outcome : { ...outcome, body: Buffer.from(outcome.body) }
    setTimeout(() => {
      release(line)
      settle(kept)
    }, REST)
  }
}
