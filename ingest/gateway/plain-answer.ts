import { STATUS_CODES } from 'node:http'
import type { Answer } from '../shared/answer.ts'

/** Writes an answer with its head, whose text is ASCII, in the form that the parser's server gives it. */
export type WriteAnswer = (answer: Answer, closes: boolean) => string

/** `now` is the time in epoch milliseconds; `keepAlive` is how long a connection may idle, in milliseconds. */
export const createWriteAnswer = (now: () => number, keepAlive: number): WriteAnswer => {
  const kept = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAlive / 1_000)}\r\n`
  let second = 0
  let date = ''
  const dated = () => {
    const current = Math.floor(now() / 1_000)
    if (current !== second) date = new Date(current * 1_000).toUTCString()
    second = current
    return date
  }

  return ({ status, contentType, text, headers }, closes) => {
    let more = ''
    for (const name in headers) more += `${name}: ${headers[name] ?? ''}\r\n`
    const connection = closes ? 'Connection: close\r\n' : kept
    return (
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${contentType}\r\n` +
      `Content-Length: ${text.length}\r\n${more}Date: ${dated()}\r\n${connection}\r\n${text}`
    )
  }
}
