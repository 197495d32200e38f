import { connect } from 'node:net'

// Sends lines to a port of this machine, and ends when the other side has closed the connection: PORT LINES RATE, where the rate is in
// lines a second, and 0 as fast as they are taken.

const [port = 0, lines = 0, rate = 0] = process.argv.slice(2).map(Number)
const NAMES = 1_000
const EVERY = 20

const socket = connect(port, '127.0.0.1')
const begin = performance.now()
const epoch = Math.floor(Date.now() / 1_000) - 3_600
let sent = 0

const some = (count: number): string => {
  let text = ''
  for (let line = 0; line < count; line++, sent++)
    text += `bench.host-${sent % NAMES}.requests ${sent} ${epoch + (Math.floor(sent / NAMES) % 3_600)}\n`
  return text
}

const send = (): void => {
  const due = rate === 0 ? lines : Math.min(lines, Math.floor(((performance.now() - begin) / 1_000) * rate))
  while (sent < due) {
    if (!socket.write(some(Math.min(500, due - sent)))) {
      socket.once('drain', send)
      return
    }
  }
  if (sent >= lines) socket.end()
  else setTimeout(send, EVERY)
}

socket.once('connect', send)
socket.resume()
