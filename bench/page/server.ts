import { setTimeout as sleep } from 'node:timers/promises'
import { aPageWorld, type PageWorld } from '../../test/support/page-world.ts'

// The server that is measured: a process of its own, which ticks when it is told to and says what it has used.

/** What the parent may ask for. */
export type Ask = { kind: 'tick' } | { kind: 'usage' }

/** `cpu`: ms of user and system time since the start; the rest in bytes. */
export type Told =
  | { kind: 'listening'; url: string }
  | { kind: 'ticked' }
  | { kind: 'usage'; cpu: number; heap: number; rss: number }

const [workloads = '200', instances = '10', port = '0', every = '0'] = process.argv.slice(2)

const say = (told: Told): void => void process.send?.(told)

function usage(): Told {
  global.gc?.()
  const { user, system } = process.cpuUsage()
  const { heapUsed, rss } = process.memoryUsage()
  return { kind: 'usage', cpu: (user + system) / 1_000, heap: heapUsed, rss }
}

async function tickOn(world: PageWorld): Promise<void> {
  for (;;) {
    await sleep(Number(every))
    world.tick()
  }
}

const options = { workloads: Number(workloads), instances: Number(instances), port: Number(port) }
const world = await aPageWorld({ ...options, now: () => Date.now() })
process.on('message', ({ kind }: Ask) => {
  if (kind === 'usage') return say(usage())
  world.tick()
  say({ kind: 'ticked' })
})
say({ kind: 'listening', url: world.url })
if (process.send === undefined) console.log(world.url)
if (Number(every) > 0) await tickOn(world)
