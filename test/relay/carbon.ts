import type { Clock } from '../../relay/clock.ts'
import type { Dial, WireEvents } from '../../relay/wire.ts'

/** How carbon is: it works; its process is gone; it is stopped, while the kernel takes connections and bytes; or nothing answers at all. */
export type Health = 'up' | 'killed' | 'frozen' | 'silent'

/**
 * A model of carbon and of the kernels between: bytes wait in a socket, are read, lie in memory, and are written to disk later. A kill
 * loses all that was not written. A line arrives when it is read, on a connection with a number.
 */
export interface Carbon {
  dial: Dial
  set(health: Health): void
  health(): Health
  /** What is on disk, or will be. */
  has(line: string): boolean
  /** How many lines it has read, with those that came twice. */
  reads(): number
  /** Its disk is emptied. */
  forget(): void
}

const LATENCY = 1
const SOCKET_BYTES = 512 * 1024
/** So long after it was read carbon writes a line, in ms. */
const HELD = 20_000

type Connection = {
  number: number
  events: WireEvents
  waiting: Buffer[]
  bytes: number
  ends: boolean
  rest: string
  isOpen: boolean
}

export const createCarbon = (
  clock: Clock,
  { arrived, held = HELD }: { arrived: (line: string, connection: number) => void; held?: number },
): Carbon => {
  const disk = new Set<string>()
  let memory = new Set<string>()
  let health: Health = 'up'
  let reads = 0
  let number = 0
  const connections = new Set<Connection>()

  /** What a kill has emptied is not written later. */
  const keep = (lines: readonly string[]) => {
    const mine = memory
    for (const line of lines) mine.add(line)
    clock.later(held, () => {
      for (const line of lines) if (mine.delete(line) && mine === memory) disk.add(line)
    })
  }

  const take = (connection: Connection) => {
    if (health !== 'up' || !connection.isOpen) return
    const lines = (connection.rest + Buffer.concat(connection.waiting).toString()).split('\n')
    connection.rest = lines.pop() ?? ''
    connection.waiting = []
    const wasFull = connection.bytes >= SOCKET_BYTES / 2
    connection.bytes = 0
    for (const line of lines) {
      reads += 1
      arrived(line, connection.number)
    }
    if (lines.length > 0) keep(lines)
    if (connection.ends) connection.events.ended()
    else if (wasFull) connection.events.drained()
  }

  const soon = (connection: Connection) => clock.later(LATENCY, () => take(connection))

  const greet = (connection: Connection) => {
    if (!connection.isOpen || health === 'silent') return
    if (health === 'killed') return connection.events.closed('connect ECONNREFUSED')
    connection.events.connected()
  }

  const set = (next: Health) => {
    health = next
    if (next === 'killed') {
      memory = new Set()
      for (const connection of connections) {
        connection.isOpen = false
        clock.later(LATENCY, () => connection.events.closed('read ECONNRESET'))
      }
      connections.clear()
    }
    if (next === 'up') for (const connection of connections) soon(connection)
  }

  const dial: Dial = (_destination, events) => {
    number += 1
    const connection: Connection = {
      number,
      events,
      waiting: [],
      bytes: 0,
      ends: false,
      rest: '',
      isOpen: true,
    }
    connections.add(connection)
    clock.later(LATENCY, () => greet(connection))
    return {
      write(bytes) {
        connection.waiting.push(bytes)
        connection.bytes += bytes.length
        soon(connection)
        return connection.bytes < SOCKET_BYTES / 2
      },
      end() {
        connection.ends = true
        soon(connection)
      },
      destroy() {
        connection.isOpen = false
        connections.delete(connection)
      },
    }
  }

  return {
    dial,
    set,
    health: () => health,
    reads: () => reads,
    forget: () => disk.clear(),
    has: (line) => disk.has(line) || memory.has(line),
  }
}
