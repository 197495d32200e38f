import { expect, test } from 'vitest'
import { openRelay } from '../../relay/relay.ts'
import { memoryFolder } from './folders.ts'
import { beginStory, missing, type Story } from './story.ts'

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
