import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../controller/figures.ts'
import { firstDecision, type Start } from '../controller/starts.ts'

const SETTLE = 15_000
const LOOKS = 10

/** What `capuchin run` takes until its first decision, and how much memory is resident while it has nothing to do, in bytes. */
export interface Idle extends Start {
  rss: number
}

export async function measureIdle(config: string): Promise<Idle> {
  const looks: number[] = []
  const start = await firstDecision(config, async (pid) => {
    await sleep(SETTLE)
    for (let i = 0; i < LOOKS; i++) {
      looks.push(rssOf(pid))
      await sleep(500)
    }
  })
  return { ...start, rss: median(looks) }
}

function rssOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return 1024 * Number(line?.[1])
}
