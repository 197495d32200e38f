import { expect, test } from 'vitest'
import { openRelay } from '../../relay/relay.ts'
import { createCarbon } from './carbon.ts'
import { storyTime } from './clock.ts'
import { memoryFolder } from './folders.ts'
import { beginStory, missing, optionsOf, type Story } from './story.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Clients send for so long: each path once a second. */
const clientsFor = async (story: Story, ms: number, paths = ['a', 'b']) => {
  for (let passed = 0; passed < ms; passed += SECOND) {
    for (const path of paths) story.send(path)
    await story.pass(SECOND)
  }
}

test('Graphite is gone for ten minutes, and the relay is killed in between: nothing is lost, in order', async () => {
  const story = await beginStory({ open: openRelay, folder: memoryFolder() })
  await clientsFor(story, 2 * MINUTE)
  story.carbon.set('killed')
  await clientsFor(story, 4 * MINUTE)
  await story.pass(200)
  story.kill()
  await story.start()
  await clientsFor(story, 6 * MINUTE)
  story.carbon.set('up')
  await clientsFor(story, 2 * MINUTE)
  await story.pass(30 * SECOND)
  expect(missing(story)).toEqual([])
  expect(story.disorder).toEqual([])
  expect(story.relay().figures().servers[0]).toMatchObject({
    owed: 0,
    dropped: { full: 0, age: 0, memory: 0, damaged: 0 },
  })
})

test('of two servers each gets everything: one that is away for long holds up neither the other nor what the other has got', async () => {
  const time = storyTime(0)
  const carbons = {
    a: createCarbon(time.clock, { arrived() {} }),
    b: createCarbon(time.clock, { arrived() {} }),
  }
  const folder = memoryFolder()
  const relay = await openRelay(optionsOf('--graphite', 'a=h:1', '--graphite', 'b=h:2', '--report', 'off'), {
    folder,
    clock: time.clock,
    random: () => 0.5,
    log: { info() {}, warn() {}, error() {} },
    dial: (to, events) => carbons[to.name === 'a' ? 'a' : 'b'].dial(to, events),
  })
  const client = relay.client('test')
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const lines = Array.from({ length: 100 }, (_, number) => `x ${number} 1`)
  carbons.b.set('killed')
  for (const line of lines) {
    client.line(line)
    await time.pass(SECOND, turn)
  }
  expect(lines.filter((line) => carbons.a.has(line))).toHaveLength(100)
  expect(relay.figures().servers).toMatchObject([
    { name: 'a', owed: 0, isUp: true },
    { name: 'b', owed: 100, isUp: false },
  ])
  carbons.b.set('up')
  await time.pass(2 * MINUTE, turn)
  expect(lines.filter((line) => carbons.b.has(line))).toHaveLength(100)
  expect(carbons.a.reads()).toBe(100)
})

test.for([
  { health: 'up', lost: 0 },
  { health: 'killed', lost: 10 },
] as const)(
  'stopped while the disk fails and carbon is $health, it tells $lost lines that nobody has',
  async ({ health, lost }) => {
    const folder = memoryFolder()
    const story = await beginStory({ open: openRelay, folder, options: optionsOf('--report', 'off') })
    story.carbon.set(health)
    folder.fail('EIO: i/o error')
    for (let line = 0; line < 10; line++) story.send('a')
    await story.pass(SECOND)
    expect(await story.stop()).toBe(lost)
  },
)
