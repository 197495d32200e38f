import { readdirSync, readFileSync } from 'node:fs'

/** A process that mentions the demo's folder, which no other process on this machine does. */
export interface Leftover {
  pid: number
  command: string
}

/** Processes whose command names `folder`: empty where there is no /proc to look into. */
export function leftoversOf(folder: string): Leftover[] {
  return pids().flatMap((pid) => {
    const command = commandOf(pid)
    return command.includes(folder) && pid !== process.pid ? [{ pid, command }] : []
  })
}

/** The last resort when `capuchin down` did not do it. Answers what was still there. */
export function endLeftovers(folder: string): Leftover[] {
  const found = leftoversOf(folder)
  for (const { pid } of found) kill(pid)
  return found
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself in the meantime.
  }
}

function pids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}
