import { createHistogram } from './histogram.ts'
import type { Ledger } from './ledger.ts'
import type { Pace } from './order.ts'
import type { Requests } from './requests.ts'
import type { Schedule } from './schedule.ts'
import type { Wires } from './wires.ts'

export interface LoopDeps {
  wires: Wires
  requests: Requests
  ledger: Ledger
  /** Monotonic ms. */
  now(): number
  /** When the load began, on that clock. */
  began: number
}

/** A load under way. */
export interface Running {
  /** No new requests from now on; answers how well the pace was held. `busy`: the share of the stretch that the generator was at work. */
  end(busy: number): Pace
}

const LOOK_EVERY = 1
/** Of what was due, so much has to be sent in time for the pace to be held. */
const ENOUGH = 0.99
/** A generator that works for so much of the time is what limits. */
const TOO_BUSY = 0.9

/** Sends each request at its time, or as soon after it as a connection is free. Latency counts from that time all the same. */
export function openLoop(schedule: Schedule, { wires, requests, ledger, now, began }: LoopDeps): Running {
  const lateness = createHistogram()
  let sent = 0
  let isOver = false
  /** Since when nothing but the generator itself delays what is due. */
  let unhindered = 0

  function pump(): void {
    const at = now() - began
    const due = isOver ? sent : schedule.dueBy(at)
    // What a cold server could not take during the warm-up is not carried over into what is measured.
    if (due > schedule.first && sent < schedule.first) sent = schedule.first
    while (sent < due && wires.free() > 0) sendNext(at)
    if (sent < due) unhindered = Number.POSITIVE_INFINITY
    else if (unhindered === Number.POSITIVE_INFINITY) unhindered = at
  }

  function sendNext(at: number): void {
    const intended = schedule.timeOf(sent)
    const isMeasured = sent >= schedule.first
    if (intended >= unhindered && isMeasured) lateness.add(at - intended)
    sent++
    wires.send(requests.next(), (outcome) => {
      ledger.settled(outcome, began + intended, isMeasured)
      pump()
    })
  }

  const timer = setInterval(pump, LOOK_EVERY)
  return {
    end(busy) {
      isOver = true
      clearInterval(timer)
      const at = now() - began
      for (let n = Math.max(sent, schedule.first); n < schedule.end; n++)
        ledger.unsent(at - schedule.timeOf(n))
      const due = schedule.end - schedule.first
      const inTime = Math.max(0, sent - schedule.first)
      const own = lateness.read()
      if (inTime >= ENOUGH * due) return { kind: 'held', lateness: own }
      const because = busy >= TOO_BUSY ? 'generator' : 'server'
      return { kind: 'short', because, due, sent: inTime, lateness: own }
    },
  }
}
