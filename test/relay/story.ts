import { hostname } from 'node:os'
import type { Folder } from '../../relay/folder.ts'
import type { Log } from '../../relay/log.ts'
import { type Options, parseOptions } from '../../relay/options.ts'
import type { openRelay, Relay } from '../../relay/relay.ts'
import { type Carbon, createCarbon } from './carbon.ts'
import { type StoryTime, storyTime } from './clock.ts'
import { mortalFolder } from './folders.ts'

/** A host whose clients send lines, its relay, and a Graphite, in a time that is told. */
export interface Story {
  time: StoryTime
  carbon: Carbon
  relay(): Relay
  /** Sends a line now, of a path whose values count. Answers it. */
  send(path: string): string
  pass(ms: number): Promise<void>
  /** Ends the relay as kill -9 does. */
  kill(): void
  /** Begins all lists anew. */
  forget(): void
  /** Ends it as SIGTERM does; answers the lines that are lost. */
  stop(): Promise<number>
  start(): Promise<void>
  /** Every line so far, with when it was sent, in ms of the story. */
  sent: ReadonlyMap<string, number>
  /** What the log said, as text. */
  said: string[]
  /** Lines of the buffer that came in another order than they were sent, within one connection. */
  disorder: string[]
}

/** The options of a relay with these; to one server unless they name others. */
export const optionsOf = (...args: string[]): Options => {
  const graphite = args.includes('--graphite') ? [] : ['--graphite', 'main=127.0.0.1:2003']
  const parsed = parseOptions([...graphite, '--dir', 'unused', ...args], {}, hostname())
  if (parsed.kind !== 'run') throw new Error(parsed.kind === 'wrong' ? parsed.why : 'help')
  return parsed.options
}

const BEGIN = Date.UTC(2026, 0, 1)

/** Fresh lines may overtake those of the buffer; a line is fresh for so many ms. */
const FRESH = 2_000

type Telling = {
  open: typeof openRelay
  folder: Folder
  options?: Options
  held?: number
  random?: () => number
}

export const beginStory = async ({
  open,
  folder,
  options = optionsOf(),
  held,
  random = () => 0.5,
}: Telling): Promise<Story> => {
  const time = storyTime(BEGIN)
  const sent = new Map<string, number>()
  const said: string[] = []
  const disorder: string[] = []
  const latest = new Map<string, number>()
  let count = 0

  const arrived = (line: string, connection: number) => {
    const at = sent.get(line)
    if (at === undefined || time.clock.now() - at < FRESH) return
    const key = `${connection} ${line.slice(0, line.indexOf(' '))}`
    if (at < (latest.get(key) ?? 0)) disorder.push(line)
    latest.set(key, at)
  }
  const carbon = createCarbon(time.clock, { arrived, ...(held !== undefined && { held }) })

  const log: Log = {
    info: (about, text) => void said.push(`${text} ${JSON.stringify(about)}`),
    warn: (about, text) => void said.push(`${text} ${JSON.stringify(about)}`),
    error: (about, text) => void said.push(`${text} ${JSON.stringify(about)}`),
  }

  const live = async () => {
    const life = time.mortal()
    const disk = mortalFolder(folder)
    const opening = open(options, { folder: disk.folder, clock: life.clock, dial: carbon.dial, random, log })
    await disk.rest()
    const relay = await opening
    const client = relay.client('story')
    const kill = () => {
      life.kill()
      disk.kill()
    }
    return { relay, client, rest: disk.rest, kill }
  }
  let now = await live()

  return {
    time,
    carbon,
    sent,
    said,
    disorder,
    relay: () => now.relay,
    send(path) {
      count += 1
      const line = `${path} ${count} ${Math.floor(time.clock.wall() / 1_000)}`
      sent.set(line, time.clock.now())
      now.client.line(line)
      return line
    },
    pass: (ms) => time.pass(ms, () => now.rest()),
    kill: () => now.kill(),
    forget() {
      sent.clear()
      latest.clear()
      said.length = 0
      carbon.forget()
    },
    async stop() {
      const closing = now.relay.close()
      let lost: number | undefined
      void closing.then((lines) => {
        lost = lines
      })
      for (let waited = 0; lost === undefined && waited < 100; waited++)
        await time.pass(100, () => now.rest())
      now.kill()
      return lost ?? Number.NaN
    },
    async start() {
      now = await live()
    },
  }
}

/** What was sent before so many ms of the story and has not arrived. */
export const missing = ({ sent, carbon }: Story, before = Number.POSITIVE_INFINITY): string[] =>
  [...sent].filter(([line, at]) => at <= before && !carbon.has(line)).map(([line]) => line)
