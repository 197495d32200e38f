import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Encoding, encodingFor, pack } from './packing.ts'

/** A text that is compressed once for all who ask for it. */
export interface Answer {
  type: string
  text: string
  etag: string
  packed: Map<Encoding, Promise<Buffer>>
}

export function answerOf(type: string, text: string): Answer {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  return { type, text, etag, packed: new Map() }
}

/** Shorter ones fit into a packet or two as they are. */
const SHORT = 1_400

/** Sends it in the form that the browser takes, or says that the browser has it already. */
export async function send(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { type, text, etag, packed }: Answer,
): Promise<FastifyReply> {
  reply.header('etag', etag).header('vary', 'accept-encoding').type(type)
  if (String(headers['if-none-match'] ?? '').includes(etag)) return reply.code(304).send()
  const encoding = text.length < SHORT ? 'plain' : encodingFor(headers['accept-encoding'])
  const bytes = packed.get(encoding) ?? pack(text, encoding)
  packed.set(encoding, bytes)
  if (encoding !== 'plain') reply.header('content-encoding', encoding)
  return reply.send(await bytes)
}
