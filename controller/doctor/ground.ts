import type { Controller } from '../commands/remote.ts'
import type { Outside } from '../outside.ts'
import { readToken, type TokenRead } from '../overrides/token.ts'
import { isListenedOn } from '../providers/process/proc.ts'
import { savedState } from '../saved.ts'
import type { Settings } from '../settings.ts'
import type { Peek } from '../store/peek.ts'
import type { Status } from '../web/status.ts'
import { type Asked, askController } from './facts/controller.ts'

/** What many checks want to know first: what is saved, and what the controller says that runs. */
export interface Ground {
  saved: Peek
  token: TokenRead
  asked: Asked
  /** Of the controller, where one answers. */
  status?: Status
  /** Somebody listens at its port. */
  isTaken: boolean
}

const WITHIN = 4_000

/** Looks at what the checks stand on. What hangs is left out after some seconds. Never rejects. */
export async function groundOf(
  settings: Settings,
  controller: Controller,
  outside: Outside,
): Promise<Ground> {
  const late = AbortSignal.timeout(WITHIN)
  const unread: Peek = {
    kind: 'refused',
    reason: 'broken',
    detail: `${settings.stateDir} was not read within ${WITHIN / 1000} s`,
  }
  const unknown: TokenRead = { kind: 'none', detail: 'its file was not read in time' }
  const [saved, token] = await Promise.all([
    inTime(savedState(settings, outside), unread, late),
    inTime(readToken(settings, outside), unknown, late),
  ])
  const asked = await askController(controller, outside.now, AbortSignal.timeout(WITHIN))
  const { status } = asked
  const isTaken = isListenedOn(settings.server.listen.port)
  return { saved, token, asked, isTaken, ...(status !== undefined && { status }) }
}

function inTime<T>(work: Promise<T>, otherwise: T, late: AbortSignal): Promise<T> {
  const given = Promise.withResolvers<T>()
  late.addEventListener('abort', () => given.resolve(otherwise), { once: true })
  work.then(given.resolve, () => given.resolve(otherwise))
  return given.promise
}
