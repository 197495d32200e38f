import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** One line of /proc/PID/stat. Times are clock ticks; `start` counts from the boot and tells reused pids apart. */
export interface Stat {
  pid: number
  state: string
  group: number
  session: number
  /** Of the process itself. */
  ticks: number
  /** Of its children that have ended and were waited for. */
  reapedTicks: number
  start: string
}

/** Ticks a second, fixed by the kernel's interface to programs (USER_HZ) on all common platforms. */
export const TICKS_PER_SECOND = 100

/** The process with this pid, also one that has ended and was not waited for yet (state Z); undefined when there is none. */
export function statOf(pid: number): Stat | undefined {
  try {
    return parse(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // ENOENT, or ESRCH when it ended while it was read.
    return undefined
  }
}

function parse(pid: number, text: string): Stat {
  // The name of the command stands in parentheses and may hold spaces and parentheses itself; behind it comes field 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (field: number) => Number(fields[field - 3])
  return {
    pid,
    state: fields[0] ?? '?',
    group: number(5),
    session: number(6),
    ticks: number(14) + number(15),
    reapedTicks: number(16) + number(17),
    start: fields[19] ?? '',
  }
}

/** Whether it still executes: one that has ended only waits for its parent to take note. */
export function isLiving(stat: Stat | undefined): stat is Stat {
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X'
}

/** All processes that can be seen from here, also those that have ended and were not waited for. */
export function processes(): Stat[] {
  const found: Stat[] = []
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat !== undefined) found.push(stat)
  }
  return found
}

/** The variables that a process was started with, as NAME=value; empty when they may not be read. */
export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Listening, in /proc/net/tcp. */
const LISTEN = '0A'

/** Whether somebody listens on this TCP port, on whatever address of this machine; false where that cannot be seen. */
export function isListenedOn(port: number): boolean {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    linesOf(table).some((line) => {
      const [, address = '', , state] = line.trim().split(/\s+/)
      return state === LISTEN && address.endsWith(local)
    }),
  )
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Resident memory in bytes; 0 for a process that is gone. */
export function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib ?? 0) * 1024
  } catch {
    return 0
  }
}

let scope: { boot: string; namespace: string } | undefined

/** What pids mean here: the boot, and the namespace that a container may have of its own. Throws without /proc. */
export function pidScope(): { boot: string; namespace: string } {
  scope ??= {
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/pid'),
  }
  return scope
}
