import { createServer } from 'node:net'

// Stands in for Graphite: reads whatever comes on the port of its first argument, counts lines, and tells the count once in a while.

let lines = 0
const count = (bytes: Buffer): void => {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
}

createServer((socket) => {
  socket.on('data', count)
  socket.on('error', () => undefined)
}).listen(Number(process.argv[2]), '127.0.0.1')

let told = -1
setInterval(() => {
  if (told !== lines) process.stdout.write(`${lines}\n`)
  told = lines
}, 20)
