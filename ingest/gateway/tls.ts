import type { ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import { followHandshakes } from './tls-handshakes.ts'
import { readPair, type TlsFiles, type TlsPair } from './tls-pair.ts'
import { createRenewal, type RenewalObserver } from './tls-renewal.ts'

/** An HTTPS server whose certificate is renewed while it serves. */
export type Tls = {
  server: Server
  /** Until when the certificate in force is valid, in epoch milliseconds. */
  notAfter(): number
  /** Reads the files now, changed or not. */
  renew(): Promise<void>
  /** Ends the handshakes under way, and looks at the files no longer. */
  close(): void
}

export type OpenedTls = { kind: 'open'; tls: Tls } | { kind: 'refused'; why: string }

/** A client has this long for its handshake, as it has for its headers. In milliseconds. */
const HANDSHAKE = 10_000

/** How often the files are looked at, in milliseconds. */
const LOOK = 1_000

/** Never rejects: refuses with a sentence when the pair cannot be used. `now` is the time in epoch milliseconds. */
export const openTls = async (
  files: TlsFiles,
  options: ServerOptions,
  observer: RenewalObserver,
  now: () => number,
): Promise<OpenedTls> => {
  const read = await readPair(files)
  return read.kind === 'bad'
    ? { kind: 'refused', why: read.why }
    : { kind: 'open', tls: createTls(read, files, options, observer, now) }
}

const createTls = (
  first: { version: string; pair: TlsPair },
  files: TlsFiles,
  options: ServerOptions,
  observer: RenewalObserver,
  now: () => number,
): Tls => {
  let inForce = first.pair
  const server = createServer({ ...options, ...pemsOf(inForce), handshakeTimeout: HANDSHAKE })
  const cut = followHandshakes(server)
  const use = (pair: TlsPair) => {
    server.setSecureContext(pemsOf(pair))
    inForce = pair
  }
  const renewal = createRenewal({ files, version: first.version, use, observer, now, every: LOOK })
  return {
    server,
    notAfter: () => inForce.notAfter,
    renew: renewal.renew,
    close: () => {
      renewal.stop()
      cut()
    },
  }
}

const pemsOf = ({ cert, key }: TlsPair) => ({ cert, key })
