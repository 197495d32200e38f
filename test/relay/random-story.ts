import type { openRelay } from '../../relay/relay.ts'
import { between, pick, seeded } from '../support/random.ts'
import { type MemoryFolder, memoryFolder } from './folders.ts'
import { beginStory, missing, optionsOf, type Story } from './story.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** What is wrong at the end of a story; nothing, if all is well. */
export interface Outcome {
  faults: string[]
  story: Story
}

/** So long, in ms, lines may have been with the relay only in memory when it is killed. */
const EXCUSED = 500

const happenings = [
  'kill carbon',
  'freeze carbon',
  'silence',
  'carbon is well',
  'kill relay',
  'stop relay',
  'nothing',
] as const

/**
 * Some hours in which carbon and the relay are killed, frozen and stopped at random moments. Each line that was sent half a second before
 * a kill of the relay has to be on carbon's disk in the end, in order, with nothing counted as lost.
 */
export const tellRandomStory = async (
  seed: number,
  open: typeof openRelay,
  minutes = 120,
): Promise<Outcome> => {
  const random = seeded(seed)
  const folder = memoryFolder()
  const options = optionsOf(
    '--buffer',
    '64MiB',
    '--report',
    'off',
    '--resend-rate',
    pick(random, ['40', '200', '2000']),
  )
  const story = await beginStory({ open, folder, options, random })
  const kills: number[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const moment = between(random, 0, 59_999)
    await clients(story, random, moment)
    await happen(pick(random, happenings), story, folder, random, kills)
    await clients(story, random, MINUTE - moment)
  }
  story.carbon.set('up')
  await calm(story)
  return { faults: faultsOf(story, kills), story }
}

/** Clients send now and then, some of them many lines at once. */
const clients = async (story: Story, random: () => number, ms: number) => {
  for (let left = ms; left > 0; ) {
    const step = Math.min(left, between(random, 50, 20 * SECOND))
    const lines = random() < 0.05 ? between(random, 500, 3_000) : between(random, 0, 5)
    for (let line = 0; line < lines; line++) story.send(pick(random, ['a', 'b', 'c']))
    await story.pass(step)
    left -= step
  }
}

const happen = async (
  what: (typeof happenings)[number],
  story: Story,
  folder: MemoryFolder,
  random: () => number,
  kills: number[],
) => {
  if (what === 'kill carbon') story.carbon.set('killed')
  else if (what === 'freeze carbon' && story.carbon.health() !== 'killed') story.carbon.set('frozen')
  else if (what === 'silence' && story.carbon.health() !== 'killed') story.carbon.set('silent')
  else if (what === 'carbon is well') story.carbon.set('up')
  else if (what === 'kill relay') await killed(story, folder, random, kills)
  else if (what === 'stop relay') {
    await story.stop()
    await story.start()
  }
}

const killed = async (story: Story, folder: MemoryFolder, random: () => number, kills: number[]) => {
  kills.push(story.time.clock.now())
  story.kill()
  const last = [...folder.files.keys()]
    .filter((name) => name.endsWith('.lines'))
    .toSorted()
    .at(-1)
  if (last !== undefined && random() < 0.5) {
    const torn = '#capuchin 99999999 100000001 1767225600000 40 deadbeef\na 1 1767225600\n'
    const half = torn.slice(0, between(random, 1, torn.length))
    folder.files.set(last, Buffer.concat([folder.files.get(last) ?? Buffer.alloc(0), Buffer.from(half)]))
  }
  if (random() < 0.3) story.carbon.set(pick(random, ['killed', 'up']))
  await story.pass(between(random, 0, 2 * MINUTE))
  await story.start()
}

/** All waits are over, and carbon has written what it has read. */
const calm = async (story: Story) => {
  for (let minutes = 0; minutes < 60; minutes++) {
    await story.pass(MINUTE)
    const [server] = story.relay().figures().servers
    if (server?.owed === 0 && server.unconfirmed === 0) return
  }
}

const faultsOf = (story: Story, kills: readonly number[]): string[] => {
  const excused = (at: number) => kills.some((kill) => at > kill - EXCUSED && at <= kill)
  const lost = missing(story).filter((line) => !excused(story.sent.get(line) ?? 0))
  const [server] = story.relay().figures().servers
  const faults: string[] = []
  if (lost.length > 0)
    faults.push(`${lost.length} lines are lost, such as ${lost[0]} at ${story.sent.get(lost[0] ?? '')}`)
  if (story.disorder.length > 0)
    faults.push(`${story.disorder.length} lines came in another order, such as ${story.disorder[0]}`)
  if (server === undefined || server.owed > 0) faults.push(`${server?.owed} lines still wait`)
  for (const [why, lines] of Object.entries(server?.dropped ?? {}))
    if (lines > 0) faults.push(`${lines} counted as ${why}`)
  return faults
}
