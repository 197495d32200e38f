import { appendFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { diskFolder } from '../../relay/folder.ts'
import { openRelay } from '../../relay/relay.ts'
import { tempFolder } from '../support/process.ts'
import { between, seeded } from '../support/random.ts'
import { memoryFolder, unsynced } from './folders.ts'
import { tellFullBuffer } from './full-buffer.ts'
import { tellRandomStory } from './random-story.ts'
import { beginStory, missing, optionsOf, type Story } from './story.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Clients send each path once a minute, for so long. */
const clientsFor = async (story: Story, ms: number, paths: readonly string[]) => {
  for (let passed = 0; passed < ms; passed += MINUTE) {
    for (const path of paths) story.send(path)
    await story.pass(MINUTE)
  }
}

const paths = Array.from({ length: 20 }, (_, number) => `host.${number}.cpu`)

test('Graphite is gone for three days, and the relay is killed again and again: nothing is lost, in order, on real files', async () => {
  const dir = await tempFolder('relay')
  const random = seeded(3)
  const options = optionsOf('--buffer', '64MiB', '--resend-rate', '500')
  const story = await beginStory({ open: openRelay, folder: unsynced(diskFolder(dir)), options, random })
  await clientsFor(story, 10 * MINUTE, paths)
  story.carbon.set('killed')
  for (let day = 0; day < 3; day++) {
    for (let kill = 0; kill < 4; kill++) {
      await clientsFor(story, between(random, 3 * HOUR, 6 * HOUR), paths)
      story.kill()
      await tear(dir)
      await story.pass(between(random, 0, 5 * MINUTE))
      await story.start()
    }
  }
  await clientsFor(story, 3 * DAY - story.time.clock.now(), paths)
  expect(story.relay().figures().servers[0]).toMatchObject({ owed: expect.any(Number), isUp: false })
  expect(story.relay().figures().servers[0]?.oldest).toBeGreaterThan(2.5 * DAY)
  story.carbon.set('up')
  await clientsFor(story, 30 * MINUTE, paths)
  await story.pass(MINUTE)
  expect(missing(story)).toEqual([])
  expect(story.disorder).toEqual([])
  const { buffer, servers } = story.relay().figures()
  expect(servers[0]).toMatchObject({ owed: 0, dropped: { full: 0, age: 0, memory: 0, damaged: 0 } })
  // What is delivered is let go of, in files of a megabyte.
  expect(buffer.disk).toBeLessThan(2 * 2 ** 20)
  expect(await bytesIn(dir)).toBeLessThan(3 * 2 ** 20)
  story.kill()
})

/** A record that was under way when the process was killed. */
const tear = async (dir: string) => {
  const last = (await readdir(dir))
    .filter((name) => name.endsWith('.lines'))
    .toSorted()
    .at(-1)
  if (last !== undefined) await appendFile(join(dir, last), '#capuchin 99999999 100000001 17672256')
}

const bytesIn = async (dir: string): Promise<number> => {
  let bytes = 0
  for (const name of await readdir(dir)) bytes += (await stat(join(dir, name))).size
  return bytes
}

test.for(Array.from({ length: 12 }, (_, index) => index + 100))(
  'hours in which carbon and the relay are killed, frozen and stopped at random: seed %i',
  async (seed) => {
    expect((await tellRandomStory(seed, openRelay, 60)).faults).toEqual([])
  },
)

test('a buffer that is full lets go of the oldest, exactly as many as it counts, and never takes more than it may', async () => {
  expect(await tellFullBuffer(openRelay)).toEqual([])
})

test('lines that wait for a server survive a loss of power, but for the last two seconds', async () => {
  const folder = memoryFolder()
  const story = await beginStory({ open: openRelay, folder })
  await clientsFor(story, 5 * MINUTE, paths)
  story.carbon.set('killed')
  for (let second = 0; second < 120; second++) {
    story.send('a')
    await story.pass(SECOND)
  }
  const before = story.time.clock.now() - 2 * SECOND
  story.kill()
  folder.losePower()
  await story.start()
  story.carbon.set('up')
  await story.pass(2 * MINUTE)
  expect(missing(story, before)).toEqual([])
})

test('a disk that is full for an hour: lines wait in memory within a bound, the oldest are lost and counted; then all goes on', async () => {
  const folder = memoryFolder()
  const options = optionsOf('--memory', '1MiB', '--report', 'off')
  const story = await beginStory({ open: openRelay, folder, options })
  await clientsFor(story, 5 * MINUTE, paths)
  folder.fail('ENOSPC: no space left on device')
  story.carbon.set('killed')
  for (let minute = 0; minute < 60; minute++) {
    for (let line = 0; line < 2_000; line++) story.send('some.longer.name.of.a.path')
    await story.pass(MINUTE)
    expect(story.relay().figures().buffer.memory).toBeLessThanOrEqual(2 ** 20 + 96 * 1024)
  }
  expect(story.said.join('\n')).toContain('the buffer cannot be written')
  folder.fail(undefined)
  await story.pass(10 * SECOND)
  expect(story.said.at(-1)).toContain('the buffer can be written again')
  story.carbon.set('up')
  await story.pass(5 * MINUTE)
  const [server] = story.relay().figures().servers
  expect(server?.dropped.memory).toBeGreaterThan(0)
  expect(missing(story)).toHaveLength(server?.dropped.memory ?? 0)
  expect(server?.owed).toBe(0)
})

test('its heap is as large after four days of outages as after two', async () => {
  const options = optionsOf('--buffer', '16MiB', '--resend-rate', '200')
  const story = await beginStory({ open: openRelay, folder: memoryFolder(), options })
  const heaps: number[] = []
  for (let day = 0; day < 4; day++) {
    for (let hour = 0; hour < 24; hour++) {
      story.carbon.set(hour % 6 < 2 ? 'frozen' : 'up')
      await clientsFor(story, HOUR, ['a', 'b', 'c'])
    }
    story.carbon.set('up')
    await story.pass(HOUR)
    expect(missing(story)).toEqual([])
    story.forget()
    collect()
    heaps.push(process.memoryUsage().heapUsed)
  }
  expect(Math.max(...heaps.slice(2))).toBeLessThan((heaps[1] ?? 0) + 1e6)
})
