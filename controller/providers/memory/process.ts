import type { Health, ManifestInstance } from '../../decision/fleet.ts'

/**
 * A process of an instance. Times are epoch ms; those in the future have not come yet, those at infinity never will.
 *
 *   started -> ready -> told to stop -> gone         and meanwhile: asked to drain, crashed, hung, stalled
 */
export interface CloudProcess {
  /** Unique on its host; that of one that crashed and was started again stays. */
  pid: number
  instance: ManifestInstance
  startedAt: number
  readyAt: number
  /** POST /drain. */
  askedAt?: number
  /** SIGTERM. */
  toldAt?: number
  /** Nothing is left of its work, after either. */
  drainedAt?: number
  goneAt?: number
  crash?: { at: number; until: number }
  /** It exists and does not answer. */
  hungAt?: number
  /** Its /ready answers 503 for good. */
  stalledAt?: number
}

/** How a process behaves. Durations in ms. */
export interface Manners {
  startDelay(instance: string): number
  drainTime: number
  stopTime: number
}

export function newProcess(
  pid: number,
  instance: ManifestInstance,
  startedAt: number,
  manners: Manners,
): CloudProcess {
  return { pid, instance, startedAt, readyAt: startedAt + manners.startDelay(instance.id) }
}

export const reached = (time: number | undefined, at: number): boolean => time !== undefined && at >= time

export function askToDrain(process: CloudProcess, at: number, { drainTime }: Manners): void {
  process.askedAt ??= at
  process.drainedAt ??= at + drainTime
}

/** SIGTERM: it goes when it has drained and stopped, and at the end of its grace at the latest. One not started never starts. */
export function tellToStop(process: CloudProcess, at: number, { drainTime, stopTime }: Manners): void {
  if (process.toldAt !== undefined) return
  process.toldAt = at
  if (!livesAt(process, at)) {
    process.goneAt = at
    return
  }
  process.drainedAt ??= at + drainTime
  const willing =
    process.hungAt === undefined ? Math.max(process.drainedAt, at) + stopTime : Number.POSITIVE_INFINITY
  process.goneAt = Math.min(willing, at + process.instance.run.drain.grace)
}

/** Ends by itself, and is started again after `restartAfter` ms; never, when that is infinite. */
export function crash(process: CloudProcess, at: number, restartAfter: number, manners: Manners): void {
  if (!livesAt(process, at)) return
  const until = at + restartAfter
  process.crash = { at, until }
  process.readyAt = until + manners.startDelay(process.instance.id)
}

export function hang(process: CloudProcess, at: number): void {
  if (livesAt(process, at)) process.hungAt ??= at
}

export function stall(process: CloudProcess, at: number): void {
  if (livesAt(process, at)) process.stalledAt ??= at
}

/** Ends a hang and a stall, and a start that would never end. */
export function recover(process: CloudProcess, at: number): void {
  if (process.readyAt === Number.POSITIVE_INFINITY) process.readyAt = at
  delete process.hungAt
  delete process.stalledAt
}

/** Whether it exists, whatever it is good for. */
export function livesAt({ startedAt, goneAt, crash: crashed }: CloudProcess, at: number): boolean {
  if (at < startedAt || reached(goneAt, at)) return false
  return crashed === undefined || at < crashed.at || at >= crashed.until
}

/** What a probe finds while the host is up. */
export function healthOf(process: CloudProcess, at: number): Health {
  const {
    startedAt,
    readyAt,
    goneAt,
    crash: crashed,
    hungAt,
    stalledAt,
    askedAt,
    toldAt,
    drainedAt,
  } = process
  if (goneAt !== undefined && at >= goneAt) return refusing(goneAt)
  if (crashed !== undefined && at >= crashed.at && at < crashed.until) return refusing(crashed.at)
  if (hungAt !== undefined && at >= hungAt) return mute(hungAt)
  if (at < readyAt) return refusing(crashed?.at ?? startedAt)
  const asked = Math.min(askedAt ?? toldAt ?? Number.POSITIVE_INFINITY, toldAt ?? Number.POSITIVE_INFINITY)
  if (at >= asked) return unready(asked, reached(drainedAt, at))
  if (stalledAt !== undefined && at >= stalledAt) return unready(stalledAt, false)
  return { kind: 'ready', since: readyAt }
}

const unready = (since: number, drained: boolean): Health => {
  return { kind: 'unready', since, detail: drained ? 'drained' : '/ready answers 503', drained }
}

const refusing = (since: number): Health => {
  return { kind: 'silent', since, detail: 'connection refused', refused: true }
}

/** No answer at all, as from a hung process or from a machine that is gone. */
export const mute = (since: number): Health => {
  return { kind: 'silent', since, detail: 'no answer in 2000 ms', refused: false }
}
