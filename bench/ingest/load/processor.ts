import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of Linux' /proc, ms. */
const CLOCK_TICK = 10
const PAGE = 4_096

/** Processor time so far (user and system, ms) and resident memory (bytes) of a process and all its descendants. */
export interface Use {
  cpu: number
  rss: number
}

/** A process that has ended by now counts as nothing. */
export function useOf(pid: number): Use {
  const own = statOf(pid)
  return childrenOf(pid).reduce((sum, child) => {
    const use = useOf(child)
    return { cpu: sum.cpu + use.cpu, rss: sum.rss + use.rss }
  }, own)
}

function statOf(pid: number): Use {
  const text = readOr(`/proc/${pid}/stat`)
  return text === '' ? { cpu: 0, rss: 0 } : parseStat(text)
}

/** A line of /proc/PID/stat. The name in parentheses may hold anything, parentheses and blanks too. */
export function parseStat(text: string): Use {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { cpu: CLOCK_TICK * (Number(fields[11]) + Number(fields[12])), rss: PAGE * Number(fields[21]) }
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => {
    const text = readOr(`/proc/${pid}/task/${thread}/children`).trim()
    return text === '' ? [] : text.split(' ').map(Number)
  })
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
