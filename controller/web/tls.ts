import { createServer, type Server } from 'node:https'
import type { FastifyServerFactory } from 'fastify'
import type { FileSystem } from '../store/file-system.ts'
import { type ReadPair, readPair, type TlsFiles, type TlsPair, versionOf } from './tls-pair.ts'

/** What TLS is opened with. */
export interface TlsDeps {
  fs: FileSystem
  /** Epoch ms. */
  now(): number
  every(ms: number, run: () => void): () => void
  /** Told until when (epoch ms) the pair is valid that is in force now, the first one too. */
  renewed(notAfter: number): void
  /** Told once of new files that cannot be used: the old ones stay in force. */
  refused(detail: string): void
}

/** Makes servers whose certificate is renewed while they serve. */
export interface Tls {
  factory: FastifyServerFactory
  close(): void
}

export type OpenedTls = { kind: 'open'; tls: Tls } | { kind: 'refused'; detail: string }

/** How often the files are looked at, in ms. */
const LOOK_EVERY = 5_000

/** As node's own server has them where fastify makes it; a handshake is shorter than a request. In ms. */
const LIMITS = {
  handshakeTimeout: 5_000,
  requestTimeout: 10_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 72_000,
}

/** Never rejects: refuses with a sentence when the pair cannot be used. */
export async function openTls(files: TlsFiles, deps: TlsDeps): Promise<OpenedTls> {
  const read = await readPair(files, deps.fs, deps.now())
  if (read.kind === 'bad') return { kind: 'refused', detail: read.detail }
  return { kind: 'open', tls: tlsOf(read, files, deps) }
}

/**
 * A new pair comes into force when the files change; connections that are open keep theirs. Whatever is wrong with it leaves the old
 * one in force. The two files are not replaced in the same instant, so a change counts when two looks in a row see the same.
 */
function tlsOf(first: ReadPair & { kind: 'read' }, files: TlsFiles, deps: TlsDeps): Tls {
  const servers: Server[] = []
  let inForce = first.pair
  let judged = first.version
  let seen = judged

  async function renew(): Promise<void> {
    const read = await readPair(files, deps.fs, deps.now())
    judged = read.version
    if (read.kind === 'bad') return deps.refused(`${read.detail}; the former certificate stays in force`)
    inForce = read.pair
    for (const server of servers) server.setSecureContext(pemsOf(inForce))
    deps.renewed(inForce.notAfter)
  }

  /** A disk that hangs is not asked again meanwhile. */
  let isLooking = false

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    const current = await versionOf(files, deps.fs)
    if (current !== judged && current === seen) await renew()
    seen = current
    isLooking = false
  }

  deps.renewed(inForce.notAfter)
  const close = deps.every(LOOK_EVERY, () => void look())
  const factory: FastifyServerFactory = (handler) => {
    const server = createServer({ ...pemsOf(inForce), ...LIMITS }, handler)
    servers.push(server)
    return server
  }
  return { factory, close }
}

const pemsOf = ({ cert, key }: TlsPair) => ({ cert, key })
