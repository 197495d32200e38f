import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { FileSystem } from '../store/file-system.ts'

/** The PEM files of a certificate (its chain behind it, when it has one) and of its private key, absolute. */
export interface TlsFiles {
  cert: string
  key: string
}

/** A certificate and the key that belongs to it, and until when it is valid (epoch ms). */
export interface TlsPair {
  cert: Buffer
  key: Buffer
  notAfter: number
}

/** What was read, or why it cannot be used, and which version of the files that was. */
export type ReadPair = { version: string } & (
  | { kind: 'read'; pair: TlsPair }
  | { kind: 'bad'; detail: string }
)

/** Reads both files, and makes sure that they can be used together at `now` (epoch ms). Never rejects. */
export async function readPair(files: TlsFiles, fs: FileSystem, now: number): Promise<ReadPair> {
  // Asked first: what is written from here on makes another version.
  const version = await versionOf(files, fs)
  const bad = (why: string): ReadPair => ({
    ...{ version, kind: 'bad' },
    detail: `server.tls: ${files.cert} and ${files.key} cannot be used: ${why}`,
  })
  try {
    const pair = { cert: await fs.readFile(files.cert), key: await fs.readFile(files.key) }
    // Throws when either is damaged, or when they do not belong to each other.
    createSecureContext(pair)
    const notAfter = new X509Certificate(pair.cert).validToDate.getTime()
    return notAfter <= now
      ? bad('the certificate has expired')
      : { version, kind: 'read', pair: { ...pair, notAfter } }
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error))
  }
}

/** Differs after either file was written or replaced, be it through a link. Never rejects. */
export const versionOf = async ({ cert, key }: TlsFiles, fs: FileSystem): Promise<string> =>
  `${await fileVersion(cert, fs)} ${await fileVersion(key, fs)}`

async function fileVersion(path: string, fs: FileSystem): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await fs.stat(path)
    return `${ino}-${size}-${mtimeMs}-${ctimeMs}`
  } catch {
    return 'missing'
  }
}
