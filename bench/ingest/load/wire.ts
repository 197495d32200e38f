import { connect, type Socket } from 'node:net'
import { readAnswer } from './answer.ts'
import type { Connection } from './order.ts'

/** What became of a request. The body is only there while the receiver of the outcome runs: its memory is used again. */
export type Outcome = { kind: 'answered'; status: number; body: Buffer } | { kind: 'failed'; why: string }

/** One request at a time over one connection after the other, or over one that is kept open. */
export interface Wire {
  /** `settle` is told once, never before `send` has returned. */
  send(request: Buffer, settle: (outcome: Outcome) => void): void
  /** Fails what is under way, if anything is. */
  abort(why: string): void
}

const NOTHING = Buffer.alloc(0)
/** All connections read into the same memory, one after the other, and take out at once what they need. */
const SPACE = Buffer.allocUnsafeSlow(256 * 1024)

export function createWire(host: string, port: number, connection: Connection): Wire {
  let socket: Socket | undefined
  let waiting: ((outcome: Outcome) => void) | undefined
  let held = NOTHING

  function settle(outcome: Outcome): void {
    const told = waiting
    waiting = undefined
    held = NOTHING
    if (outcome.kind === 'failed' || connection === 'close') drop()
    told?.(outcome)
  }

  function drop(): void {
    socket?.destroy()
    socket = undefined
  }

  function take(bytes: Buffer): void {
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    const answer = readAnswer(all)
    if (answer === 'unreadable') settle({ kind: 'failed', why: 'an answer that the generator cannot read' })
    else if (answer === 'partial') held = Buffer.from(all)
    else settle({ kind: 'answered', status: answer.status, body: all.subarray(answer.body, answer.end) })
  }

  function dial(): Socket {
    const callback = (size: number): boolean => {
      if (socket === mine && waiting !== undefined) take(SPACE.subarray(0, size))
      return true
    }
    const mine = connect({ host, port, noDelay: true, onread: { buffer: SPACE, callback } })
    const broke = (why: string): void => {
      if (socket !== mine) return
      socket = undefined
      if (waiting !== undefined) settle({ kind: 'failed', why })
    }
    mine.once('error', (error) => broke('code' in error ? String(error.code) : error.message))
    mine.once('close', () => broke('closed before the answer'))
    return mine
  }

  return {
    send(request, told) {
      waiting = told
      socket ??= dial()
      socket.write(request)
    },
    abort(why) {
      if (waiting !== undefined) settle({ kind: 'failed', why })
      else drop()
    },
  }
}
