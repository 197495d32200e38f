import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signal } from '../../controller/providers/process/identity.ts'
import { smallPlace, untilReady, untilStatus } from './small-place.ts'

/** A small disk of its own, which goes away with the last process that sees it: root may mount it, others as their own root. */
const unshare = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]
const canMount = (() => {
  try {
    const [command = '', ...args] = [...unshare, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const onSmallDisk = (dir: string) => [
  ...unshare,
  ...['sh', '-c', 'mount -t tmpfs -o size=24m,nr_inodes=4k tmpfs "$0" && exec "$@"', dir],
]

/** Takes all the space that is left on the disk of this folder. */
const fill = (path: string): void => {
  for (let size = 1 << 22; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // What fits has been written; go on with less.
    }
  }
}

test.skipIf(!canMount)(
  'a full disk under the state: nothing is begun, that is said, and with space it goes on',
  async () => {
    const place = await smallPlace()
    await mkdir(place.state)
    const controller = await place.run({ wrap: onSmallDisk(place.state) })
    await untilReady(controller, 1)
    // The disk as the controller sees it.
    const state = join('/proc', String(controller.child.pid), 'root', place.state)
    expect(existsSync(join(place.state, 'state.json'))).toBe(false)
    const hosts = (await readdir(join(state, 'hosts'))).toSorted()
    fill(join(state, 'ballast'))
    const why = `the state could not be saved (${place.state}: the disk is full: free space on it (ENOSPC)), so nothing was done`
    const { at } = await untilStatus(
      controller,
      'the alarm',
      ({ workloads }) => workloads[0]?.alarms.includes(why) === true,
    )

    const saved = await readFile(join(state, 'state.json'), 'utf8')
    // Now a host dies, which asks for a new one.
    const [supervisor] = place.processes().filter(({ supervises }) => supervises !== undefined)
    expect(supervisor && signal(supervisor.identity, 'SIGKILL')).toBe(true)
    const blind = await untilStatus(controller, 'ticks without the host', (status) => {
      return status.at > at + 3_000 && status.workloads[0]?.counts.lost === 1
    })
    expect(blind.workloads[0]).toMatchObject({
      reason: 'error',
      size: 1,
      granted: 1,
      sentence: `ingest stays at 1: ${why}`,
    })
    expect(blind.pools[0]?.hosts).toMatchObject([{ state: 'stopped' }])
    expect((await readdir(join(state, 'hosts'))).toSorted()).toEqual(hosts)
    expect(await readFile(join(state, 'state.json'), 'utf8')).toBe(saved)
    expect(await controller.health()).toEqual({ code: 200, body: { status: 'ok' } })
    const check = await place.capuchin('status', '--check')
    expect(check).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /^CAPUCHIN CRITICAL - ingest has 0 ready of min 1 \(ingest-\d+ is lost: .*; the state could not be saved/,
      ),
    })

    await rm(join(state, 'ballast'))
    await untilReady(controller, 1)
    const entries = await controller.history({ kind: 'decision' })
    const reasons = entries.flatMap((entry) => (entry.kind === 'decision' ? [entry.decision.reason] : []))
    expect(reasons).toContain('error')
    await controller.stop()
  },
)
