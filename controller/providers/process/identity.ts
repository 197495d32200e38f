import { codeOf } from '../../store/file-system.ts'
import { isLiving, pidScope, processes, statOf } from './proc.ts'
import { isObject } from './shape.ts'

/** A process beyond doubt: pids are reused, but not with the same start time within one boot and one pid namespace. */
export interface Identity {
  pid: number
  /** Clock ticks after the boot. */
  start: string
  boot: string
  namespace: string
}

/** The process that has this pid now, ended or not; undefined when there is none. Throws where there is no /proc. */
export function identify(pid: number): Identity | undefined {
  const scope = pidScope()
  const stat = statOf(pid)
  return stat === undefined ? undefined : { pid, start: stat.start, ...scope }
}

/** Whether that very process still executes. One of an earlier boot or of another namespace cannot be ours any more. */
export function isRunning(identity: Identity): boolean {
  const stat = statOf(identity.pid)
  return isLiving(stat) && stat.start === identity.start && isHere(identity)
}

function isHere({ boot, namespace }: Identity): boolean {
  const scope = pidScope()
  return boot === scope.boot && namespace === scope.namespace
}

/** Signals that very process and no other; false when it does not run any more. */
export function signal(identity: Identity, name: NodeJS.Signals): boolean {
  return isRunning(identity) && send(identity.pid, name)
}

/**
 * The living members of the process group that `identity` leads or led. A pid is not given away while a group has its
 * number, so when the number belongs to another process now, the group is gone.
 */
export function groupOf(identity: Identity): number[] {
  if (!isHere(identity) || !groupExists(identity)) return []
  const members = processes().filter((stat) => stat.group === identity.pid && isLiving(stat))
  return members.map(({ pid }) => pid)
}

/** Signals every process of the group that `identity` leads or led; false when there is none. */
export function signalGroup(identity: Identity, name: NodeJS.Signals): boolean {
  return isHere(identity) && groupExists(identity) && send(-identity.pid, name)
}

function groupExists({ pid, start }: Identity): boolean {
  const leader = statOf(pid)
  if (leader !== undefined && leader.start !== start) return false
  return send(-pid, 0)
}

function send(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, name)
  } catch (error) {
    // ESRCH: it has ended in the meantime. EPERM: it exists, and belongs to somebody else.
    return name === 0 && codeOf(error) === 'EPERM'
  }
}

export function isIdentity(value: unknown): value is Identity {
  if (!isObject(value)) return false
  const texts = [value['start'], value['boot'], value['namespace']]
  return Number.isSafeInteger(value['pid']) && texts.every((text) => typeof text === 'string')
}
