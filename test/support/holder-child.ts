import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

// A service for tests of drains, started as a script. It acknowledges work at once and stores it HOLD ms later, as one does that
// writes in batches; told to drain it stores what it holds and is drained then. On SIGTERM it ends at once and forgets what it
// holds. With DEAF it acknowledges a request to drain and goes on as before, also on SIGTERM. What happens to it is told in the
// file EVENTS, a JSON line each.

const { PORT, HOLD = '0', EVENTS = '', DEAF, CAPUCHIN_INSTANCE: instance } = process.env
let held = 0
let drains = false

const tell = (what: string, more: object = {}): void =>
  appendFileSync(EVENTS, `${JSON.stringify({ at: Date.now(), instance, what, ...more })}\n`)

const stateNow = (): string => {
  if (!drains) return 'ready'
  return held === 0 ? 'drained' : 'draining'
}

function hold(work: string): void {
  held++
  setTimeout(() => {
    held--
    tell('stored', { work })
  }, Number(HOLD))
}

function answer(method: string, url: string, body: string): { status: number; text: string } {
  if (url === '/ready')
    return { status: stateNow() === 'ready' ? 200 : 503, text: JSON.stringify({ state: stateNow() }) }
  if (method !== 'POST') return { status: 404, text: '' }
  if (url === '/drain') {
    tell('drain')
    drains = DEAF === undefined
    return { status: 200, text: '' }
  }
  if (drains) return { status: 503, text: '' }
  hold(body)
  return { status: 200, text: '' }
}

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += String(chunk)
  })
  request.on('end', () => {
    const { status, text } = answer(request.method ?? '', request.url ?? '', body)
    response.writeHead(status).end(text)
  })
})
// Longer than any client here keeps a connection that it does not use.
server.keepAliveTimeout = 60_000
server.listen(Number(PORT), '127.0.0.1')

process.on('SIGTERM', () => {
  tell('sigterm', { held })
  if (DEAF === undefined) process.exit(0)
})
