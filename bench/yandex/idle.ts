import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startChild } from '../controller/child.ts'
import { median } from '../controller/figures.ts'
import { firstDecision, type Start } from '../controller/starts.ts'

const SETTLE = 15_000
const LOOKS = 10
const LOADS = 5

/** What `capuchin run` takes until its first decision, and how much memory is resident while it has nothing to do, in bytes. */
export interface Idle extends Start {
  rss: number
}

const Loaded = z.object({ wall: z.number(), cpu: z.number(), rss: z.number() })

/** What loading the SDK takes, and how many bytes are resident after it; median of a few. */
export async function measureLoad(): Promise<Idle> {
  const all: Idle[] = []
  const script = fileURLToPath(new URL('load.ts', import.meta.url))
  for (let i = 0; i < LOADS; i++) {
    const child = await startChild([process.execPath, script], 'controller', (line) =>
      all.push(Loaded.parse(JSON.parse(line))),
    )
    await child.ended
  }
  const middle = (of: (one: Idle) => number): number => median(all.map(of))
  return { wall: middle(({ wall }) => wall), cpu: middle(({ cpu }) => cpu), rss: middle(({ rss }) => rss) }
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
