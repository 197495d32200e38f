import { spawnSync } from 'node:child_process'
import type { Cleanup } from '../cleanup.ts'
import { type Cloud, startCloud } from '../cloud/cloud.ts'
import type { CloudReady } from '../cloud/protocol.ts'
import type { Course } from '../course.ts'
import type { Outside } from '../outside.ts'
import type { Pace } from '../pace.ts'
import { type Alarm, Trouble } from '../trouble.ts'
import type { Place } from './place.ts'

/** The fake cloud under way, and where it serves. */
export interface Sky {
  cloud: Cloud
  ready: CloudReady
}

/** Better now than after a stack of its errors. Throws Trouble with the remedy where the fake cloud could not run. */
export function checkCloud({ env }: Pick<Outside, 'env'>): void {
  if (process.platform !== 'linux')
    throw new Trouble(
      'with --fake-yandex each VM has an address of its own in 127.0.0.0/8, which only Linux has: run it there, or without',
    )
  const { error } = spawnSync('openssl', ['version'], { env: { ...env }, stdio: 'ignore' })
  if (error !== undefined)
    throw new Trouble(
      'with --fake-yandex it needs openssl, to make the certificate of the fake cloud (on Debian: apt-get install openssl)',
    )
}

const SERVES_WITHIN = 60_000
const STOP_WITHIN = 20_000

/** Demos that run at the same time have ports of their own, and so have their VMs addresses of their own. */
const networkOf = ({ server }: Pick<Place['ports'], 'server'>): number =>
  20 + (Math.floor(server / 100) % 200)

/** Starts the fake cloud in a process of its own. The cleanup stops it, and the alarm is raised when it ends before. */
export async function runCloud(
  { node, root, folder, ports }: Place,
  pace: NonNullable<Pace['cloud']>,
  course: Course,
  { alarm, cleanup }: { alarm: Alarm; cleanup: Cleanup },
): Promise<Sky> {
  const cloud = startCloud(
    { node, root },
    { folder, root, pace, network: networkOf(ports) },
    {
      state: course.cloudSeen,
      happened: ({ at, text }) => course.told([{ at, kind: 'fate', text }]),
    },
  )
  cleanup.later('the fake cloud', () => cloud.stop(STOP_WITHIN))
  const late = AbortSignal.any([alarm.signal, AbortSignal.timeout(SERVES_WITHIN)])
  const over = new Promise<undefined>((resolve) => {
    late.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const failed = cloud.failed.then((errors) => {
    alarm.raise(new Trouble(`the fake cloud ended by itself. It said:\n${errors}`))
    return undefined
  })
  const ready = await Promise.race([cloud.ready, over, failed])
  alarm.signal.throwIfAborted()
  if (ready === undefined) throw new Trouble(`the fake cloud did not serve within ${SERVES_WITHIN / 1000} s`)
  return { cloud, ready }
}
