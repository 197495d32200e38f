import type { Backlog } from './backlog.ts'
import { type Clock, createAlarm } from './clock.ts'
import type { Carrier, Counts, Manner, Told } from './delivery.ts'
import type { Ledger } from './ledger.ts'
import type { Batch } from './record.ts'
import type { Destination, Dial, Wire } from './wire.ts'

/** Fresh lines wait for a server in memory up to so many bytes; then they join the buffer. */
const MOST_FRESH = 4 * 1024 * 1024

/** Bytes between two confirmations, within bounds: what a slow way cannot carry in time would be sent again for ever. */
const LEAST_WINDOW = 16 * 1024
const MOST_WINDOW = 4 * 1024 * 1024

/** A connection without lines is confirmed and renewed after so many ms. */
const IDLE = 60_000

const BACK_OFF = { first: 500, most: 30_000 }

type Parts = {
  destination: Destination
  manner: Manner
  ledger: Ledger
  backlog: Backlog
  dial: Dial
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  told: Told
}

export const createCarrier = (parts: Parts): Carrier => {
  const { destination, manner, ledger, backlog, dial, clock, random, told } = parts
  const counts: Counts = { fresh: 0, resent: 0, confirmed: 0, connectionsLost: 0 }
  const deadline = createAlarm(clock)
  let phase: 'waiting' | 'dialing' | 'probing' | 'streaming' | 'confirming' = 'waiting'
  let isUp = false
  let wire: Wire | undefined
  let fresh: Batch[] = []
  let freshBytes = 0
  let isFull = false
  let written = 0
  let window = MOST_WINDOW
  let failures = 0
  let finishing: (() => void) | undefined

  const open = () => {
    phase = 'dialing'
    deadline.set(manner.answerWithin, () => broke('it did not connect in time'))
    // Late events of a connection that was let go of belong to nobody.
    const mine: Wire = dial(destination, {
      connected: () => wire === mine && connected(),
      drained: () => wire === mine && drained(),
      ended: () => wire === mine && ended(),
      closed: (why) => wire === mine && broke(why),
    })
    wire = mine
  }

  /** A server that was away is first asked whether it reads at all: one that is frozen takes connections and bytes, too. */
  const connected = () => {
    written = 0
    isFull = false
    if (!isUp) return ask('probing')
    phase = 'streaming'
    deadline.set(IDLE, confirm)
    if (finishing === undefined) pump()
    else flushOut()
  }

  /** Ends our side. A server that then ends its own has read all that came before. */
  const ask = (next: 'probing' | 'confirming') => {
    phase = next
    deadline.set(manner.answerWithin, () => broke('it did not confirm in time'))
    wire?.end()
  }

  const confirm = () => ask('confirming')

  const ended = () => {
    if (phase === 'probing') comeUp()
    else if (phase === 'confirming') settle()
    else return broke('it closed the connection')
    letGo()
    if (finishing !== undefined && fresh.length === 0) finishing()
    else open()
  }

  const comeUp = () => {
    isUp = true
    told.up()
  }

  const settle = () => {
    failures = 0
    if (written > 0) window = Math.min(MOST_WINDOW, window * 2)
    counts.confirmed += ledger.unconfirmed()
    ledger.confirmed(clock.now())
    told.confirmed()
  }

  const letGo = () => {
    const old = wire
    wire = undefined
    deadline.clear()
    backlog.rest()
    old?.destroy()
  }

  const broke = (why: string) => {
    const wasUp = isUp
    letGo()
    isUp = false
    phase = 'waiting'
    demote()
    const before = ledger.owed()
    ledger.broke()
    if (wasUp) {
      counts.connectionsLost += 1
      window = Math.max(LEAST_WINDOW, window / 2)
      told.lost(why, ledger.owed() - before)
    } else told.unreachable(why)
    if (finishing !== undefined) return finishing()
    const wait = Math.min(BACK_OFF.most, BACK_OFF.first * 2 ** failures)
    failures += 1
    deadline.set(wait * (0.5 + random() / 2), open)
  }

  /** Fresh lines that could not go in time are owed like others. */
  const demote = () => {
    const [first, last] = [fresh[0], fresh.at(-1)]
    if (first !== undefined && last !== undefined) ledger.owe({ from: first.from, to: last.to })
    fresh = []
    freshBytes = 0
  }

  const offer = (batch: Batch) => {
    if (!isUp) return ledger.owe({ from: batch.from, to: batch.to })
    fresh.push(batch)
    freshBytes += batch.bytes.length
    if (freshBytes > MOST_FRESH) demote()
    pump()
  }

  const drained = () => {
    isFull = false
    pump()
  }

  const send = ({ from, to, bytes }: Batch) => {
    if (written === 0) deadline.set(manner.confirmEvery, confirm)
    written += bytes.length
    ledger.sent({ from, to })
    isFull = wire?.write(bytes) === false
    if (written >= window) confirm()
  }

  const sendFresh = () => {
    const batch = fresh.shift()
    if (batch === undefined) return
    freshBytes -= batch.bytes.length
    counts.fresh += batch.to - batch.from
    send(batch)
  }

  /** Fresh lines first; those of the buffer while there are none. */
  const pump = () => {
    while (phase === 'streaming' && !isFull && finishing === undefined) {
      if (fresh.length === 0) return backlog.fetch(resend)
      sendFresh()
    }
  }

  const resend = () => {
    if (phase !== 'streaming' || isFull || finishing !== undefined) return
    while (phase === 'streaming' && !isFull && fresh.length > 0) sendFresh()
    if (phase !== 'streaming' || isFull) return
    const batch = backlog.take()
    if (batch !== undefined) {
      counts.resent += batch.to - batch.from
      send(batch)
    }
    pump()
  }

  const flushOut = () => {
    while (phase === 'streaming' && fresh.length > 0) sendFresh()
    if (phase === 'streaming') confirm()
  }

  const finish = () =>
    new Promise<void>((resolve) => {
      if (!isUp) return resolve()
      finishing = resolve
      if (phase === 'streaming') flushOut()
    })

  const stop = () => {
    letGo()
    phase = 'waiting'
    isUp = false
    demote()
  }

  return { start: open, offer, isUp: () => isUp, counts: () => counts, finish, stop }
}
