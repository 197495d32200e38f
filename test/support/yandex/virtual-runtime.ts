import type { Health } from '../../../controller/decision/fleet.ts'
import type { ComposeService } from './compose.ts'
import type { Container, ContainerRuntime } from './runtime.ts'
import type { Weather } from './weather.ts'

/** Times are epoch ms. Those at infinity never come. */
interface Life {
  startedAt: number
  readyAt: number
  askedAt?: number
  toldAt?: number
  drainedAt?: number
  goneAt: number
  crash?: { at: number; until: number }
  hungAt?: number
  stalledAt?: number
}

const INSTANCE_LABEL = 'capuchin.instance'

/** Whose container it is: the instance by its label, or else the service. */
export const instanceOf = ({ name, labels }: ComposeService): string => labels[INSTANCE_LABEL] ?? name

/** Containers that are nothing but times: all that they are follows from the clock. */
export function virtualRuntime(weather: () => Weather): ContainerRuntime {
  const goneAt = new WeakMap<Container, () => number>()
  const start: ContainerRuntime['start'] = ({ service, at, after }) => {
    const before = after === undefined ? at : (goneAt.get(after)?.() ?? at)
    const startedAt = Math.max(at, before)
    const delay = weather().startDelay(instanceOf(service))
    const life: Life = { startedAt, readyAt: startedAt + delay, goneAt: Number.POSITIVE_INFINITY }
    const container = containerOf(service, life, weather)
    goneAt.set(container, () => life.goneAt)
    return container
  }
  return { start }
}

function containerOf(service: ComposeService, life: Life, weather: () => Weather): Container {
  const unlessDead = (at: number, change: () => void) => {
    if (livesAt(life, at)) change()
  }
  return {
    service,
    stop: (at) => tellToStop(life, at, service.grace, weather()),
    kill: (at) => {
      life.goneAt = Math.min(life.goneAt, at)
    },
    livesAt: (at) => livesAt(life, at),
    isGoneAt: (at) => at >= life.goneAt,
    healthAt: (at) => healthOf(life, at),
    askDrain: (at) => {
      life.askedAt ??= at
      life.drainedAt ??= at + weather().drainTime
    },
    crash: (at, until) =>
      unlessDead(at, () => {
        life.crash = { at, until }
        life.readyAt = until + weather().startDelay(instanceOf(service))
      }),
    hang: (at) =>
      unlessDead(at, () => {
        life.hungAt ??= at
      }),
    stall: (at) =>
      unlessDead(at, () => {
        life.stalledAt ??= at
      }),
    recover: () => {
      delete life.hungAt
      delete life.stalledAt
    },
  }
}

function livesAt({ startedAt, goneAt, crash }: Life, at: number): boolean {
  if (at < startedAt || at >= goneAt) return false
  return crash === undefined || at < crash.at || at >= crash.until
}

function tellToStop(life: Life, at: number, grace: number, { drainTime, stopTime }: Weather): void {
  if (life.toldAt !== undefined) return
  life.toldAt = at
  if (!livesAt(life, at)) {
    life.goneAt = Math.min(life.goneAt, at)
    return
  }
  life.drainedAt ??= at + drainTime
  const willing =
    life.hungAt === undefined ? Math.max(life.drainedAt, at) + stopTime : Number.POSITIVE_INFINITY
  life.goneAt = Math.min(life.goneAt, willing, at + grace)
}

function healthOf(life: Life, at: number): Health {
  const { startedAt, readyAt, goneAt, crash, hungAt, stalledAt, drainedAt } = life
  if (at >= goneAt) return refusing(goneAt)
  if (crash !== undefined && at >= crash.at && at < crash.until) return refusing(crash.at)
  if (hungAt !== undefined && at >= hungAt) return mute(hungAt)
  if (at < readyAt) return refusing(crash?.at ?? startedAt)
  const never = Number.POSITIVE_INFINITY
  const asked = Math.min(life.askedAt ?? never, life.toldAt ?? never)
  if (at >= asked) return notReady(asked, drainedAt !== undefined && at >= drainedAt)
  if (stalledAt !== undefined && at >= stalledAt) return notReady(stalledAt, false)
  return { kind: 'ready', since: readyAt }
}

const notReady = (since: number, drained: boolean): Health => {
  return { kind: 'unready', since, detail: drained ? 'drained' : '/ready answers 503', drained }
}

const refusing = (since: number): Health => {
  return { kind: 'silent', since, detail: 'connection refused', refused: true }
}

/** No answer at all, as from a machine that hangs or is gone. */
export const mute = (since: number): Health => {
  return { kind: 'silent', since, detail: 'no answer in 2000 ms', refused: false }
}
