import { createBacklog } from './backlog.ts'
import { createCarrier } from './carrier.ts'
import type { ServerFigures } from './figures.ts'
import { createLedger } from './ledger.ts'
import type { Options } from './options.ts'
import type { Range, Ranges } from './ranges.ts'
import { createReader } from './reader.ts'
import type { Batch } from './record.ts'
import type { World } from './relay.ts'
import type { Loss, Spool } from './spool.ts'
import { createTelling } from './telling.ts'
import type { Destination } from './wire.ts'

/** All that belongs to one Graphite server. */
export interface Server {
  name: string
  start(): void
  offer(batch: Batch): void
  /** Lines are lost; answers how many of them it should have got. */
  gone(range: Range, why: Loss): number
  /** Lines wait for it. */
  owes(): boolean
  needed(): number | undefined
  unsettled(): Ranges
  figures(): ServerFigures
  finish(): Promise<void>
  stop(): void
}

type Parts = World & {
  options: Options
  spool: Spool
  lost: (server: string, lines: number, why: Loss) => void
  confirmed: () => void
}

export const createServer = (destination: Destination, owed: Ranges, parts: Parts): Server => {
  const { options, spool, folder, clock, dial, random, log } = parts
  const { name } = destination
  const ledger = createLedger(options.overlap, owed)
  const telling = createTelling(name, ledger, log, clock)
  const dropped: Record<Loss, number> = { full: 0, age: 0, memory: 0, damaged: 0 }

  const gone = (range: Range, why: Loss): number => {
    const lines = ledger.gone(range)
    dropped[why] += lines
    return lines
  }

  const backlog = createBacklog({
    ledger,
    spool,
    reader: createReader(folder, spool),
    clock,
    rate: options.resendRate,
    missing: (range) => parts.lost(name, gone(range, 'damaged'), 'damaged'),
    unreadable: (why) => log.error({ server: name, why }, 'the buffer cannot be read; it is tried again'),
  })
  const told = {
    ...telling,
    lost(why: string, again: number) {
      telling.lost(why, again)
      spool.secure()
    },
    confirmed() {
      telling.confirmed()
      parts.confirmed()
    },
  }
  const { confirmEvery, answerWithin } = options
  const manner = { confirmEvery, answerWithin }
  const carrier = createCarrier({ destination, manner, ledger, backlog, dial, clock, random, told })

  const oldest = (): number => {
    const first = ledger.first()
    return first === undefined ? 0 : Math.max(0, clock.wall() - (timeOf(spool, first.from) ?? clock.wall()))
  }

  return {
    name,
    start: carrier.start,
    offer: carrier.offer,
    gone,
    owes: () => !carrier.isUp() || ledger.owed() > 0,
    needed: ledger.needed,
    unsettled: ledger.unsettled,
    figures: () => ({
      ...carrier.counts(),
      name,
      isUp: carrier.isUp(),
      dropped,
      owed: ledger.owed(),
      unconfirmed: ledger.unconfirmed(),
      oldest: oldest(),
    }),
    finish: carrier.finish,
    stop: carrier.stop,
  }
}

/** When a line came in, in epoch ms. Within a file it is reckoned from when its first and its last line did. */
const timeOf = (spool: Spool, line: number): number | undefined => {
  const file = spool.segments().find(({ to }) => to > line)
  if (file === undefined) return spool.pending().find(({ to }) => to > line)?.time
  const share = Math.max(0, line - file.from) / Math.max(1, file.to - file.from)
  return file.firstTime + (file.lastTime - file.firstTime) * share
}
