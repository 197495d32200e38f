import { brotliCompress, constants, deflateRawSync, gzip } from 'node:zlib'
import type { Coding } from '../api/sse.ts'

/** How an answer is sent, by what the browser takes. */
export type Encoding = 'br' | 'gzip' | 'plain'

export function encodingFor(accept: string | string[] | undefined): Encoding {
  const given = String(accept ?? '')
  if (/(^|[\s,])br\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(given)) return 'br'
  return takesGzip(given) ? 'gzip' : 'plain'
}

const takesGzip = (accept: string): boolean =>
  /(^|[\s,])(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(accept)

/** Each level is the one beyond which a page of a megabyte takes more time than its last bytes are worth. */
export function pack(text: string, encoding: Encoding): Promise<Buffer> {
  const bytes = Buffer.from(text)
  if (encoding === 'plain') return Promise.resolve(bytes)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const done = (error: Error | null, packed: Buffer): void =>
    error === null ? resolve(packed) : reject(error)
  if (encoding === 'gzip') gzip(bytes, { level: 6 }, done)
  else brotliCompress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }, done)
  return promise
}

/** A gzip stream without a name and a time. It never ends by itself, so its check sum is never asked for. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

/**
 * Compression of an endless stream whose pieces are the same for many viewers: each piece is compressed for itself and ends at a
 * whole byte, so that the very same bytes can stand anywhere in the stream of anybody.
 */
export const gzipStream: Coding = {
  name: 'gzip',
  head: HEAD,
  pack: (bytes) => deflateRawSync(bytes, { level: 6, finishFlush: constants.Z_SYNC_FLUSH }),
}

export const streamCoding = (accept: string | string[] | undefined): Coding | undefined =>
  takesGzip(String(accept ?? '')) ? gzipStream : undefined
