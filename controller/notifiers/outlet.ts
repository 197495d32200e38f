import { duration, plural } from '../decision/words.ts'
import type { CommonSettings } from './define.ts'
import type { Message, Notice } from './notice.ts'
import type { Notifier, Sent } from './notifier.ts'
import { createPace, waitAfter } from './pace.ts'
import type { News, Pending } from './pending.ts'
import { pendingChanges } from './pending-changes.ts'
import { pendingState } from './pending-state.ts'
import type { OutletMemory } from './told.ts'

/** What became of messages; `failed` ones are tried again, and of `partial` ones somebody was not told who should be. */
export type Outcome = 'delivered' | 'partial' | 'failed' | 'refused' | 'given-up' | 'dropped'

/** What delivering needs of the world. */
export interface OutletDeps {
  /** Epoch ms. */
  now(): number
  /** Ms by a clock that only runs forward. */
  elapsed(): number
  /** 0 to 1, for jitter. */
  random(): number
  within(ms: number): AbortSignal
  /** Counts notifications by what became of them. */
  count(notifier: string, outcome: Outcome, notices: number): void
  waiting(notifier: string, notices: number): void
  log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
  /** Something that could not be delivered was given up, in one sentence. */
  gaveUp(notifier: string, sentence: string): void
  /** Something was told: it is to be remembered. */
  changed(): void
}

/** One notifier with what it is to be told: nothing that is done here waits for it. */
export interface Outlet {
  take(news: News): void
  /** Sends what is due, unless something is being sent or it is too early. */
  pump(): void
  /** Sends what is due now, whatever the pace, once. */
  flush(): Promise<void>
  memory(): OutletMemory
  close(): void
}

/** What an outlet is made of. `url`: where the controller shows its status. */
export interface OutletParts {
  name: string
  controller: string
  url: string
  settings: CommonSettings
  repeat: number | undefined
  notifier: Notifier
  known: OutletMemory | undefined
}

/** A message names so many; of the others it says how many there are. */
const MOST_NAMED = 20
/** Attempts at one message, beside the time that they may take. */
const MOST_ATTEMPTS = 200
/** What was refused so often in a row will not be taken. */
const MOST_REFUSALS = 5

export function openOutlet(parts: OutletParts, deps: OutletDeps): Outlet {
  const { name, settings, notifier } = parts
  const { tells } = notifier
  const pending: Pending =
    tells.kind === 'state'
      ? pendingState(settings, tells.every)
      : pendingChanges(settings, parts.repeat, parts.known)
  const pace = createPace()
  let sending: Promise<void> | undefined
  let isPartial = false
  let notBefore = Number.NEGATIVE_INFINITY
  let row: { failures: number; refusals: number; since: number } | undefined

  function messageOf(notices: readonly Notice[]): Message {
    const named = tells.kind === 'state' ? notices : notices.slice(0, MOST_NAMED)
    const { controller, url } = parts
    return {
      controller,
      url: settings.link ?? url,
      at: deps.now(),
      notices: named,
      more: notices.length - named.length,
    }
  }

  async function deliver(notices: readonly Notice[]): Promise<void> {
    pace.spend(deps.elapsed())
    const sent = await notifier.send(messageOf(notices), deps.within(settings.timeout))
    if (sent.kind === 'sent') delivered(sent, notices)
    else failed(sent, notices)
    deps.changed()
  }

  function delivered({ missed }: Sent & { kind: 'sent' }, notices: readonly Notice[]): void {
    if (row !== undefined || (isPartial && missed === undefined))
      deps.log.info({ notifier: name }, 'Notifications are delivered again')
    if (missed !== undefined && !isPartial)
      deps.log.warn({ notifier: name, detail: missed }, 'Not all were notified')
    row = undefined
    isPartial = missed !== undefined
    deps.count(name, isPartial ? 'partial' : 'delivered', notices.length)
    pending.settle(notices, deps.now(), 'told')
  }

  function failed(sent: Exclude<Sent, { kind: 'sent' }>, notices: readonly Notice[]): void {
    const now = deps.elapsed()
    if (row === undefined) deps.log.warn({ notifier: name, detail: sent.detail }, 'Notification failed')
    row ??= { failures: 0, refusals: 0, since: now }
    row.failures++
    row.refusals = sent.kind === 'refused' ? row.refusals + 1 : 0
    deps.count(name, sent.kind, notices.length)
    const told = sent.kind === 'failed' ? (sent.retryAfter ?? 0) : 0
    notBefore = now + Math.max(told, waitAfter(row.failures, deps.random()))
    const isHopeless = row.refusals >= MOST_REFUSALS || row.failures >= MOST_ATTEMPTS
    if (isHopeless || now - row.since >= settings.giveUpAfter) giveUp(sent.detail, notices, now - row.since)
  }

  function giveUp(detail: string, notices: readonly Notice[], lasted: number): void {
    const tried = `${plural(row?.failures ?? 0, 'attempt')} in ${duration(lasted)}`
    const sentence = `${plural(notices.length, 'notification')} given up after ${tried}: ${name} ${detail}`
    row = undefined
    deps.count(name, 'given-up', notices.length)
    deps.log.warn({ notifier: name, detail: sentence }, 'Notifications given up')
    deps.gaveUp(name, sentence)
    pending.settle(notices, deps.now(), 'given-up')
  }

  function begin(notices: readonly Notice[]): void {
    sending = deliver(notices)
      .catch((error: unknown) => deps.log.warn({ notifier: name, err: error }, 'Notifying failed'))
      .finally(() => {
        sending = undefined
      })
  }

  return {
    take(news) {
      pending.take(news, deps.now())
      const dropped = pending.dropped()
      if (dropped > 0) deps.count(name, 'dropped', dropped)
    },
    pump() {
      const due = pending.due(deps.now())
      deps.waiting(name, due.length)
      if (due.length === 0 || sending !== undefined || deps.elapsed() < notBefore) return
      if (pace.may(deps.elapsed())) begin(due)
    },
    async flush() {
      await sending
      const due = pending.due(deps.now())
      if (due.length > 0) begin(due)
      await sending
    },
    memory: pending.memory,
    close: notifier.close,
  }
}
