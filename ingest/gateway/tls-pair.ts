import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'

/** The PEM files of a certificate (its chain behind it, when it has one) and of its private key. */
export type TlsFiles = { cert: string; key: string }

/** A certificate and the key that belongs to it, and until when it is valid in epoch milliseconds. */
export type TlsPair = { cert: Buffer; key: Buffer; notAfter: number }

/** What was read, or why it cannot be used, and which version of the files that was. */
export type ReadPair = { version: string } & ({ kind: 'read'; pair: TlsPair } | { kind: 'bad'; why: string })

/** Reads both files, and makes sure that they can be used together. Never rejects. */
export const readPair = async (files: TlsFiles): Promise<ReadPair> => {
  // Asked first: what is written from here on makes another version.
  const version = await versionOf(files)
  try {
    const pair = { cert: await readFile(files.cert), key: await readFile(files.key) }
    // Throws when either is damaged, or when they do not belong to each other.
    createSecureContext(pair)
    const notAfter = new X509Certificate(pair.cert).validToDate.getTime()
    return { version, kind: 'read', pair: { ...pair, notAfter } }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { version, kind: 'bad', why: `${files.cert} and ${files.key} cannot be used: ${reason}` }
  }
}

/** Differs after either file was written or replaced, be it through a link. Never rejects. */
export const versionOf = async ({ cert, key }: TlsFiles): Promise<string> =>
  `${await fileVersion(cert)} ${await fileVersion(key)}`

const fileVersion = async (path: string): Promise<string> => {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path)
    return `${ino}-${size}-${mtimeMs}-${ctimeMs}`
  } catch {
    return 'missing'
  }
}
