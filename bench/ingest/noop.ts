import { createServer } from 'node:net'
import { BATCH_EVENTS } from './cells.ts'

// A server that takes every request and does nothing: what the generator reaches against it is the most that it can measure.

const PLACE = '"partition":0,"Offset":0}'
const places = Array.from({ length: BATCH_EVENTS }, () => `{${PLACE}`).join(',')
const single = answerOf(`{"status":"ok",${PLACE}\n`)
const batch = answerOf(`{"status":"ok","stored":${BATCH_EVENTS},"refused":0,"results":[${places}]}\n`)
const HEAD_END = Buffer.from('\r\n\r\n')

function answerOf(body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}

const server = createServer({ noDelay: true }, (socket) => {
  let held: Buffer = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const headEnd = held.indexOf(HEAD_END)
    if (headEnd < 0) return
    const head = held.toString('latin1', 0, headEnd)
    const length = Number(/\r\nContent-Length: (\d+)/.exec(head)?.[1] ?? 0)
    if (held.length < headEnd + HEAD_END.length + length) return
    held = held.subarray(headEnd + HEAD_END.length + length)
    const answer = head.startsWith('POST /post/batch') ? batch : single
    if (head.endsWith('Connection: close')) socket.end(answer)
    else socket.write(answer)
  })
})
server.listen(Number(process.argv[2]), '127.0.0.1')
