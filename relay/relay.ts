import { createBatcher } from './batcher.ts'
import { type Clock, createAlarm } from './clock.ts'
import { type Complaints, createComplaints } from './complaints.ts'
import type { Figures } from './figures.ts'
import type { Folder } from './folder.ts'
import { findOut } from './inheritance.ts'
import { checkLine, LONGEST_LINE } from './line.ts'
import type { Log } from './log.ts'
import { createLosses, tellOfDisk } from './losses.ts'
import { createNotes } from './notes.ts'
import type { Options } from './options.ts'
import type { Range } from './ranges.ts'
import { remember } from './remembered.ts'
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
  /** More comes in than the disk takes; one that fails takes nothing, and waiting would not help. */
  isPressed(): boolean
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

  const notes = createNotes(alarm(), () =>
    remember(folder, {
      next: spool.next(),
      servers: new Map(servers.map((one) => [one.name, one.unsettled()])),
    }),
  )
  const settled = () => {
    spool.trim(Math.min(...servers.map((server) => server.needed() ?? spool.next())))
    notes.note()
  }
  notes.note()

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
    isPressed: () => spool.failure() === undefined && spool.bytes().memory > options.bounds.memory / 2,
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
      await notes.close()
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
