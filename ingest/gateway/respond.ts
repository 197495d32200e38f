import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from '../shared/answer.ts'

/** How long the rest of a refused request is read, so that its client sees the answer before a reset. In milliseconds. */
const LINGER = 1_000

/** Writes an answer. It is the last one of its connection when it says so itself, or when `leaving`. */
export const respond = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  leaving: boolean,
): void => {
  if (response.destroyed) return
  response.writeHead(answer.status, headersOf(answer, leaving))
  const sends = !request.complete && !request.socket.readableEnded
  if (answer.closes && sends) linger(request, response, answer.text)
  else response.end(answer.text)
}

/** In pairs, name before value: the form that costs least to write. */
const headersOf = ({ contentType, text, headers, closes }: Answer, leaving: boolean): string[] => {
  const pairs = ['Content-Type', contentType, 'Content-Length', String(Buffer.byteLength(text))]
  for (const name in headers) pairs.push(name, headers[name] ?? '')
  if (closes || leaving) pairs.push('Connection', 'close')
  return pairs
}

/**
 * A connection that is closed while its client still sends is reset, and the reset may reach the client before the
 * answer. So the answer, complete with its length, goes out at once, and what still comes in is thrown away for a while.
 */
const linger = (request: IncomingMessage, response: ServerResponse, text: string) => {
  response.write(text)
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER)
  request.once('end', end)
  request.once('close', end)
  request.resume()
}
