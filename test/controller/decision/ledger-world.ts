import type { HostRecord, ListedHost } from '../../../controller/decision/fleet.ts'
import { account, type PoolLedger } from '../../../controller/decision/ledger.ts'
import { type Intent, intentKey } from '../../../controller/decision/state.ts'
import { tellBills } from '../../../controller/loop/bill.ts'
import { aHost, anEntry, aPool, NOW } from './builders.ts'

/** A host by the truth: when it was paid for, from when on listings name it, and until when they do though it is gone. */
interface RealHost {
  paid: { from: number; until?: number }[]
  listedFrom: number
  listedUntil: number
  state: 'booting' | 'running' | 'stopped' | 'gone'
  /** A tick that was saved has seen that it stopped. */
  isSeenStopped: boolean
}

interface Kept {
  ledger: PoolLedger | undefined
  records: Map<string, HostRecord>
  intents: Map<string, Intent>
}

/** How a tick ends: saved and told, saved but dead before anything was told, or dead before it was saved. */
export type Ending = 'told' | 'saved' | 'lost'

/** One thing that happens, some ms after the one before; `pick` chooses whom it befalls. */
export interface Happening {
  after: number
  pick: number
  what: 'order' | 'boot' | 'stop' | 'restart' | 'delete' | 'carry-out' | 'place' | Ending
}

const LAG = 20_000

/** A pool whose provider tells when hosts are paid for, whose listings lag and answers come late, under a controller that crashes. */
export function ledgerWorld(price: number) {
  const pool = aPool({ pricePerHour: price })
  const real = new Map<string, RealHost>()
  const bills = new Map<string, number>()
  let kept: Kept = { ledger: undefined, records: new Map(), intents: new Map() }
  let wishes: ((next: Kept) => void)[] = []
  let now = NOW
  let orders = 0
  let isFresh = true

  const among = (fits: (host: RealHost, name: string) => boolean, pick: number): string | undefined => {
    const names = [...real].filter(([name, host]) => fits(host, name)).map(([name]) => name)
    return names[pick % Math.max(1, names.length)]
  }
  const isDeleted = (name: string): boolean => kept.records.get(name)?.deleting !== undefined

  function listing(): Map<string, ListedHost> {
    const shown = new Map<string, ListedHost>()
    for (const [name, { state, paid, listedFrom, listedUntil }] of real) {
      if (now < listedFrom || now >= listedUntil) continue
      const last = paid.at(-1)
      const about = { name, zone: 'a', labels: {} }
      if (state === 'booting') shown.set(name, { ...about, state })
      else if (state === 'stopped')
        shown.set(name, {
          ...about,
          state,
          ...(last?.until !== undefined && { paidFrom: last.from, paidUntil: last.until }),
        })
      else shown.set(name, { ...about, state: 'running', ...(last && { paidFrom: last.from }) })
    }
    return shown
  }

  function tick(ending: Ending, answered: number): void {
    const next: Kept = { ...kept, records: new Map(kept.records), intents: new Map(kept.intents) }
    for (const [key, intent] of next.intents) {
      const host = real.get(intent.host)
      // Every other answer is late.
      if (host?.state !== 'gone' || intent.doneAt !== undefined || answered % 2 === 0) continue
      const at = host.paid.at(-1)?.until
      next.intents.set(key, { ...intent, doneAt: now, ...(at !== undefined && { carriedOutAt: at }) })
    }
    const listed = listing()
    const records = [...next.records.values()]
    next.ledger = account(kept.ledger, { pool, records, listing: listed, intents: next.intents, now })
    for (const record of records) reconcile(next, record, listed.get(record.name))
    for (const wish of wishes) wish(next)
    wishes = []
    if (ending === 'lost') {
      isFresh = true
      return
    }
    kept = next
    for (const [name, host] of real)
      if (host.state === 'stopped' && listed.has(name)) host.isSeenStopped = true
    if (ending === 'told') tell(isFresh ? 0 : now)
    isFresh = ending !== 'told'
  }

  function reconcile(next: Kept, record: HostRecord, listed: ListedHost | undefined): void {
    const { missingSince, ...rest } = record
    const isDone = next.intents.get(intentKey('delete-host', record.name))?.doneAt !== undefined
    if (listed !== undefined) next.records.set(record.name, { ...rest, seenAt: rest.seenAt ?? now })
    else if (missingSince === undefined) next.records.set(record.name, { ...record, missingSince: now })
    else if (isDone) next.records.delete(record.name)
  }

  function tell(since: number): void {
    const history = {
      billed({ id, hostMs }: { id: string; hostMs: number }): void {
        bills.set(id, hostMs)
      },
    }
    if (kept.ledger !== undefined) tellBills({ history }, { edge: kept.ledger }, now, since)
  }

  function order(): void {
    const name = `h${++orders}`
    wishes.push((next) => {
      const { seenAt: _seen, ...record } = aHost({ name, intent: name, orderedAt: now })
      next.records.set(name, record)
      real.set(name, {
        ...{ paid: [], listedFrom: now + LAG, listedUntil: Number.POSITIVE_INFINITY },
        ...{ state: 'booting', isSeenStopped: false },
      })
    })
  }

  function befall({ what, pick }: Happening): void {
    if (what === 'order') order()
    else if (what === 'told' || what === 'saved' || what === 'lost') tick(what, pick)
    else befallOne(what, pick)
  }

  function befallOne(what: Exclude<Happening['what'], Ending | 'order'>, pick: number): void {
    const name = chosen(what, pick)
    const host = name === undefined ? undefined : real.get(name)
    if (name === undefined || host === undefined) return
    const last = host.paid.at(-1)
    if (what === 'delete') wishes.push((next) => condemn(next, name))
    else if (what === 'place') wishes.push((next) => place(next, name, pick))
    else if (what === 'boot' || what === 'restart') {
      host.paid.push({ from: now })
      host.state = 'running'
      host.isSeenStopped = false
    } else {
      if (last !== undefined && last.until === undefined) last.until = now
      host.state = what === 'stop' ? 'stopped' : 'gone'
      if (what === 'carry-out') host.listedUntil = now + LAG
    }
  }

  function chosen(what: Exclude<Happening['what'], Ending | 'order'>, pick: number): string | undefined {
    const seen = (name: string): boolean => kept.records.get(name)?.seenAt !== undefined
    const fits = {
      boot: ({ state }: RealHost, name: string) =>
        state === 'booting' && kept.records.has(name) && !isDeleted(name) && wishes.length === 0,
      stop: ({ state }: RealHost, name: string) =>
        state === 'running' && !isDeleted(name) && wishes.length === 0,
      restart: ({ state, isSeenStopped }: RealHost, name: string) =>
        state === 'stopped' && isSeenStopped && !isDeleted(name) && wishes.length === 0,
      delete: (_host: RealHost, name: string) => seen(name) && !isDeleted(name),
      'carry-out': ({ state }: RealHost, name: string) => state !== 'gone' && isDeleted(name),
      place: (_host: RealHost, name: string) => seen(name) && !isDeleted(name),
    }[what]
    return among(fits, pick)
  }

  function condemn({ records, intents }: Kept, name: string): void {
    const record = records.get(name)
    if (record === undefined || record.deleting !== undefined) return
    records.set(name, { ...record, deleting: { since: now, why: 'enough' } })
    const intent = { id: name, kind: 'delete-host' as const, host: name, pool: 'edge', at: now }
    intents.set(intentKey('delete-host', name), { ...intent, attempts: 0, notBefore: 0 })
  }

  function place({ records }: Kept, name: string, pick: number): void {
    const record = records.get(name)
    if (record === undefined) return
    const entries = [0, 1, 2]
      .filter((slot) => (pick >> slot) % 2 === 1)
      .map((slot) => anEntry({ id: `i${slot}`, workload: slot === 1 ? 'web' : 'ingest', slots: [slot] }))
    records.set(name, { ...record, entries })
  }

  return {
    play(happenings: readonly Happening[]) {
      for (const one of happenings) {
        now += one.after
        befall(one)
      }
      // All that is under way ends, and fair weather follows until nothing is left to be told.
      tick('told', 1)
      for (const [name, host] of real)
        if (isDeleted(name) && host.state !== 'gone') befall({ what: 'carry-out', pick: 0, after: 0 })
      for (let i = 0; i < 4; i++) {
        now += LAG
        tick('told', 1)
      }
      return kept.ledger
    },
    truth: () => {
      let sum = 0
      for (const { paid } of real.values()) for (const { from, until = now } of paid) sum += until - from
      return sum
    },
    billed: () => [...bills.values()].reduce((sum, ms) => sum + ms, 0),
  }
}
