import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Child, startChild } from './child.ts'

const PATIENCE = 60_000

/** How long a start took, and what it took of the processor, ms. */
export interface Start {
  wall: number
  cpu: number
}

/** Clock ticks of Linux' /proc, ms. */
const CLOCK_TICK = 10

/** User and system time of a process so far. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return CLOCK_TICK * (Number(fields[11]) + Number(fields[12]))
}

/**
 * Time from the start of `capuchin run`, with nothing saved, to its first decision in the log. Hosts come from the memory provider; its
 * instances do not answer, which a first tick does not ask. `afterwards`: looks at the process before it is ended.
 */
export async function firstDecision(
  config: string,
  afterwards: (pid: number) => Promise<void> = async () => {},
): Promise<Start> {
  await rm(join(dirname(config), 'state'), { recursive: true, force: true })
  const began = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<Start>()
  const command = [process.execPath, 'controller/main.ts', 'run', '--config', config]
  let isDone = false
  const child: Child = await startChild(command, 'controller', (line) => {
    if (isDone || !(line.includes('Size changed') || line.includes('Alarm'))) return
    isDone = true
    resolve({ wall: performance.now() - began, cpu: cpuOf(child.pid) })
  })
  const late = setTimeout(() => reject(new Error('no decision in a minute')), PATIENCE)
  void endedEarly(child, reject)
  try {
    const start = await promise
    clearTimeout(late)
    await afterwards(child.pid)
    return start
  } finally {
    clearTimeout(late)
    await child.stop()
  }
}

async function endedEarly(child: Child, reject: (error: Error) => void): Promise<void> {
  const code = await child.ended
  reject(new Error(`capuchin run ended with ${code}: ${child.lastWords()}`))
}
