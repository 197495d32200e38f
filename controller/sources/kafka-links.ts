import type { Connection } from '@platformatic/kafka'
import { type KafkaSettings, roundTimeoutOf } from './kafka-config.ts'
import type { SourceDeps } from './source.ts'

/** The library, which is loaded when Kafka is asked for the first time: it takes 0.4 s and 60 MB that others need not pay. */
export type Library = typeof import('@platformatic/kafka')

export const loadLibrary = (): Promise<Library> => import('@platformatic/kafka')

/** Where a broker listens. */
export interface Place {
  host: string
  port: number
}

/** The connections to brokers, one each, made when they are needed and kept. */
export interface Links {
  /** To a broker of the settings that can be reached: the one of last time first. Rejects with the error of the last that was tried. */
  any(): Promise<Connection>
  to(place: Place): Promise<Connection>
  /** Ends all of them, whatever is under way; they are made anew when they are needed. */
  drop(): Promise<void>
}

const CLIENT = 'capuchin'

export function openLinks(config: KafkaSettings, deps: SourceDeps, { Connection }: Library): Links {
  const links = new Map<string, Promise<Connection>>()
  const made = new Set<Connection>()
  let places = config.brokers.map(placeOf)

  const connect = async (place: Place, within: number): Promise<Connection> => {
    const connection = new Connection(CLIENT, {
      connectTimeout: within,
      // Half of a round, so that the others are in the answer when one broker hangs.
      requestTimeout: roundTimeoutOf(config) / 2,
      ...securityOf(config, deps),
    })
    // Whoever waits for an answer is told by its callback; an event that nobody listens to would end the process.
    connection.on('error', () => undefined)
    made.add(connection)
    await connection.connect(place.host, place.port)
    return connection
  }
  const to = async (place: Place, within = roundTimeoutOf(config) / 2): Promise<Connection> => {
    const key = keyOf(place)
    const known = await links.get(key)
    // Brokers end connections that have been idle for long.
    if (known?.isConnected() === true) return known
    const link = connect(place, within)
    links.set(key, link)
    link.catch(() => links.delete(key))
    return link
  }
  return {
    to: (place) => to(place),
    async any() {
      // Each gets its part of the deadline, so that one that hangs does not take the turn of the others.
      const within = Math.max(1, Math.floor(roundTimeoutOf(config) / (places.length + 1)))
      let failure: unknown
      for (const place of places) {
        try {
          const link = await to(place, within)
          places = [place, ...places.filter((other) => other !== place)]
          return link
        } catch (error) {
          failure = error
        }
      }
      throw failure
    },
    async drop() {
      links.clear()
      const ending = [...made].map(end)
      made.clear()
      await Promise.all(ending)
    },
  }
}

const keyOf = ({ host, port }: Place): string => `${host}:${port}`

/** What is under way is told that it has ended. */
async function end(connection: Connection): Promise<void> {
  try {
    await connection.close()
  } catch {
    // It had ended by itself.
  }
}

function placeOf(broker: string): Place {
  const colon = broker.lastIndexOf(':')
  return { host: broker.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(broker.slice(colon + 1)) }
}

/** Read anew for each connection, so that a rotated secret needs no restart. A trailing newline is not part of a secret. */
function securityOf({ ssl, ca, sasl }: KafkaSettings, deps: SourceDeps) {
  const read = (path: string): string => deps.readFile(path).trim()
  return {
    ...(ssl && { tls: ca === undefined ? {} : { ca: read(ca) } }),
    ...(sasl && {
      sasl: { mechanism: sasl.mechanism, username: sasl.username, password: read(sasl.passwordFile) },
    }),
  }
}
