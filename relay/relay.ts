import { createBatcher } from './batcher.ts'
import { type Alarm, type Clock, createAlarm } from './clock.ts'
import { type Complaints, createComplaints } from './complaints.ts'
import type { Figures } from './figures.ts'
import type { Folder } from './folder.ts'
import { checkLine, LONGEST_LINE } from './line.ts'
import type { Log } from './log.ts'
import type { Options } from './options.ts'
import type { Range } from './ranges.ts'
import { inherit, recall, remember } from './remembered.ts'
import { type Found, findSegments } from './segments.ts'
import { createServer, type Server } from './server.ts'
import type { Lines } from './splitter.ts'
import { createSpool, type Loss } from './spool.ts'
import type { Dial } from './wire.ts'

/** What the relay may use of the world. */
export interface World {
  folder: Folder
  clock: Clock
  dial: Dial
  /** Uniform in [0, 1). */
  random: () => number
  log: Log
}

/** The relay without its listeners: lines go in, and get to the servers or to disk. */
export interface Relay {
  /** What takes the lines of a client that is called so. */
  client(name: string): Lines
  /** A line of the relay's own, which no rule applies to. */
  own(text: string): void
  /** Connections are not its matter, so they are not in it. */
  figures(): Omit<Figures, 'clients' | 'clientsRefused'>
  complaints(): ReturnType<Complaints['last']>
  failure(): string | undefined
  /** Delivers what it can and puts the rest on disk. Answers how many lines are neither. */
  close(): Promise<number>
}

/** So long the first line of a batch waits for others, in ms; it is what a kill -9 may take. */
const LINGER = 100

/** What each server has is written down so often at most, in ms. */
const REMEMBER_EVERY = 5_000

/** Opens the buffer and goes on where the process before it ended. Never rejects. */
export const openRelay = async (options: Options, world: World): Promise<Relay> => {
  const { folder, clock, log } = world
  const alarm = () => createAlarm(clock)
  const begin = await findOut(options, world)
  const spool = createSpool(folder, begin, {
    bounds: options.bounds,
    clock,
    durable: () => servers.some((server) => server.owes()),
    heard: { lost: (range, why) => lost(range, why), failing: (why) => tellOfDisk(log, why) },
  })
  const losses = createLosses(log, alarm())
  const servers: Server[] = options.graphite.map((destination) =>
    createServer(destination, begin.owed.get(destination.name) ?? [], {
      ...world,
      options,
      spool,
      lost: losses.tell,
      confirmed: () => settled(),
    }),
  )
  const lost = (range: Range, why: Loss) => {
    for (const server of servers) losses.tell(server.name, server.gone(range, why), why)
  }

  const memory = createMemory(alarm(), () =>
    remember(folder, {
      next: spool.next(),
      servers: new Map(servers.map((one) => [one.name, one.unsettled()])),
    }),
  )
  const settled = () => {
    spool.trim(Math.min(...servers.map((server) => server.needed() ?? spool.next())))
    memory.note()
  }
  memory.note()

  const batcher = createBatcher({
    linger: LINGER,
    alarm: alarm(),
    wall: clock.wall,
    next: spool.next,
    ready(batch) {
      spool.append(batch)
      for (const server of servers) server.offer(batch)
    },
  })
  const complaints = createComplaints(alarm(), (invalid, examples) =>
    log.warn({ invalid, examples }, 'lines are left out since they are no samples'),
  )
  let received = 0
  let filtered = 0

  const client = (name: string): Lines => ({
    line(text) {
      const checked = checkLine(text, Math.floor(clock.wall() / 1_000), options.rules)
      if (checked.kind === 'empty') return
      received += 1
      if (checked.kind === 'sample') batcher.add(checked.text)
      else if (checked.kind === 'filtered') filtered += 1
      else complaints.invalid(checked.reason, checked.why, text, name)
    },
    broken(reason, beginning) {
      received += 1
      complaints.invalid(reason, BROKEN[reason], beginning, name)
    },
  })

  for (const server of servers) server.start()

  return {
    client,
    own: batcher.add,
    complaints: complaints.last,
    failure: spool.failure,
    figures: () => ({
      received,
      filtered,
      invalid: complaints.counts(),
      buffer: {
        disk: spool.bytes().disk,
        memory: spool.bytes().memory + batcher.bytes(),
        limit: options.bounds.disk,
        isFailing: spool.failure() !== undefined,
      },
      servers: servers.map((server) => server.figures()),
    }),
    async close() {
      batcher.flush()
      await Promise.all([spool.flush(), ...servers.map((server) => server.finish())])
      for (const server of servers) server.stop()
      settled()
      await memory.close()
      await spool.close()
      // What is not on disk is lost to the servers that have not got it.
      const left = servers.map((server) =>
        spool.pending().reduce((lines, batch) => lines + server.gone(batch, 'memory'), 0),
      )
      return Math.max(0, ...left)
    },
  }
}

const BROKEN = {
  length: `is longer than ${LONGEST_LINE} bytes`,
  cut: 'is cut off: the connection ended without a newline behind it',
} as const

/** What the process before has left behind. Without a folder that can be read it begins anew, in memory. */
const findOut = async ({ graphite }: Options, { folder, clock, log }: World) => {
  const found = await look(folder, clock, log)
  const remembered = await recall(folder)
  const end = found.segments.at(-1)?.to ?? 0
  const next = Math.max(found.next, end, remembered?.next ?? 0)
  const kept = { from: found.segments[0]?.from ?? next, to: next }
  const inherited = inherit(
    graphite.map(({ name }) => name),
    remembered,
    kept,
  )
  for (const { from, to } of inherited.renamed)
    log.info({ from, to }, 'what waited for a server goes to the one in its place')
  for (const server of inherited.forgotten)
    log.warn({ server }, 'a server is no longer wanted; nobody gets what waited for it alone')
  if (found.tornBytes > 0)
    log.info({ bytes: found.tornBytes }, 'the end of the buffer was half written, and is left out')
  return { segments: found.segments, next, owed: inherited.owed }
}

/** New numbers must not meet those of a folder that cannot be looked at; a clock that goes on sees to that. */
const look = async (folder: Folder, clock: Clock, log: Log): Promise<Found & { next: number }> => {
  try {
    return { ...(await findSegments(folder)), next: 0 }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    log.error({ why }, 'the folder of the buffer cannot be used: lines wait in memory only; see to --dir')
    return { segments: [], tornBytes: 0, next: Math.floor(clock.wall()) * 1_000 }
  }
}

const tellOfDisk = (log: Log, why: string | undefined) => {
  if (why === undefined) log.info({}, 'the buffer can be written again')
  else
    log.error(
      { why },
      'the buffer cannot be written: lines wait in memory, and the oldest are lost when that is full',
    )
}

/** Says that lines are lost: at once, and then once a minute how many. */
const createLosses = (log: Log, alarm: Alarm) => {
  let since = new Map<string, number>()
  let isQuiet = false

  const speak = () => {
    isQuiet = since.size > 0
    if (!isQuiet) return
    for (const [what, lines] of since) {
      const [server, reason] = what.split(' ')
      log.error({ server, reason, lines }, 'lines are lost')
    }
    since = new Map()
    alarm.set(60_000, speak)
  }

  const tell = (server: string, lines: number, why: Loss) => {
    if (lines === 0) return
    const what = `${server} ${why}`
    since.set(what, (since.get(what) ?? 0) + lines)
    if (!isQuiet) speak()
  }

  return { tell }
}

/** Writes down soon, and not too often, what has been noted. */
const createMemory = (alarm: Alarm, write: () => Promise<void>) => {
  let writing = Promise.resolve()
  let isDue = false

  // A folder that cannot be written is told of by those who write lines to it.
  const writeNow = () => {
    isDue = false
    writing = writing.then(write).catch(() => undefined)
    return writing
  }

  return {
    note() {
      if (isDue) return
      isDue = true
      alarm.set(REMEMBER_EVERY, () => void writeNow())
    },
    close() {
      alarm.clear()
      return writeNow()
    },
  }
}
