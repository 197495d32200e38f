import { execFileSync } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { smallPlace, untilReady } from './small-place.ts'

// Promise 14 as it is in life, which takes six minutes: a disk that hangs. Opening a pipe that nobody reads waits for ever.

test('a tick that hangs in a disk turns the health red, then ends the process, and the next start goes on', async () => {
  const place = await smallPlace()
  const controller = await place.run()
  await untilReady(controller, 1)
  await controller.stop()
  await mkdir(place.published, { recursive: true })
  const trap = join(place.published, 'instances.json.tmp')
  execFileSync('mkfifo', [trap])
  await rm(join(place.published, 'instances.json'))

  const stuck = await place.launch()
  await until(async () => (await stuck.health()).code === 200, { within: 10_000 })
  const red = await until(
    async () => {
      const health = await stuck.health()
      return health.code === 503 && health
    },
    { within: 70_000, every: 1_000 },
  )
  expect(red.body).toEqual({
    status: 'failed',
    detail: expect.stringMatching(/^no tick has ended for 6\d s$/),
  })
  expect(await place.capuchin('status', '--check')).toMatchObject({ code: 3 })

  const { signal } = await until(() => stuck.child.exit(), { within: 400_000, every: 1_000 })
  expect(signal).toBe('SIGKILL')
  expect(stuck.child.stderr()).toMatch(/^capuchin run: it had to end: no tick has ended for 36\d s\n$/)

  await rm(trap)
  const next = await place.run()
  await untilReady(next, 1)
  await next.stop()
  await place.down()
})
