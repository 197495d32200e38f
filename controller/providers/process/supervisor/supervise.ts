import { takeClaim } from '../claim.ts'
import { readJson } from '../files.ts'
import { type Identity, identify } from '../identity.ts'
import type { HostFolder } from '../layout.ts'
import { isOrder, type Order } from '../records.ts'
import { coalesce } from './coalesce.ts'
import { openHost } from './host.ts'
import { aborted, watchOrNot } from './wait.ts'
import type { World } from './world.ts'

/** Milliseconds. Changes of the folder are noticed at once where it can be watched, and by looking where it cannot. */
const LOOK_EVERY = 1_000
const HEARTBEAT_EVERY = 5_000

/**
 * Lives the one life of a host: takes its claim, keeps its instances in line with the newest manifest and reports, until `stopped`
 * aborts, the host is to be deleted, or its folder is gone. Then it stops the instances, each with its grace. `lost`: the host has
 * or had another supervisor, or is deleted. Throws when the folder is not that of a host.
 */
export async function supervise(
  folder: HostFolder,
  world: World,
  stopped: AbortSignal,
): Promise<'over' | 'lost'> {
  const order = await readOrder(folder)
  const identity = self(world)
  if ((await takeClaim(folder, { kind: 'supervisor', identity })) === 'lost') return 'lost'
  world.log({ host: order.name }, 'the host has come up')
  const end = new AbortController()
  const over = AbortSignal.any([stopped, end.signal])
  const host = await openHost(folder, order, identity, world)
  const look = coalesce(async () => {
    if ((await host.look()) === 'to-go') end.abort()
  })
  const watcher = watchOrNot(folder.manifests, look)
  const timers = [setInterval(look, LOOK_EVERY), setInterval(host.report, HEARTBEAT_EVERY)]
  await look()
  await aborted(over)
  watcher?.close()
  for (const timer of timers) clearInterval(timer)
  await host.close()
  return 'over'
}

async function readOrder({ order }: HostFolder): Promise<Order> {
  const value = await readJson(order)
  if (isOrder(value)) return value
  throw new Error(`${order} is not the order of a host`)
}

function self({ pid }: World): Identity {
  const identity = identify(pid)
  if (identity === undefined) throw new Error('/proc does not show this process')
  return identity
}
