import { the } from './dom.js'
import { put } from './put.js'

/** How long to wait before the first new try, and at most, in ms. The stream itself tries again by itself; this is for what it gives up on. */
const FIRST = 2_000
const LONGEST = 60_000
/** So often (ms) it is looked whether a stream that says nothing has died without a word. */
const LOOK_EVERY = 10_000

/**
 * Keeps the page as the controller is: takes in what has changed with each tick, connects again when the connection is lost, and says
 * so as long as it is.
 * @param {string} path
 * @param {string} version of the page as it was sent
 * @param {import('./pulse.js').Pulse} pulse
 */
export function startLive(path, version, pulse) {
  const link = the('link', HTMLElement)
  let seen = version
  let tries = 0
  /** @type {number | undefined} */
  let lostAt
  let heardAt = Date.now()
  /** @type {EventSource | undefined} */
  let stream

  function connect() {
    heardAt = Date.now()
    stream?.close()
    const opened = new EventSource(`${path}?v=${encodeURIComponent(seen)}`)
    stream = opened
    opened.addEventListener('open', () => {
      tries = 0
      lostAt = undefined
      link.textContent = ''
      document.body.classList.remove('lost')
      void askTime(pulse)
    })
    opened.addEventListener('change', (event) => {
      const change = changeIn(event.data)
      if (change === undefined) return
      // After a restart the page may be another one, script and all; who is just saying something is not interrupted.
      const isOther = startOf(event.lastEventId) !== startOf(seen)
      if (isOther && document.querySelector('dialog[open]') === null) {
        location.reload()
        return
      }
      seen = event.lastEventId
      heardAt = Date.now()
      document.body.dataset['version'] = seen
      put(change.parts, change.lists)
      pulse.ticked(change.at)
    })
    opened.addEventListener('error', () => {
      lostAt ??= Date.now()
      document.body.classList.add('lost')
      const since = new Date(lostAt).toLocaleTimeString()
      link.textContent = `Not connected since ${since} (by the clock here): what you see is of then. Trying again…`
      if (opened.readyState !== EventSource.CLOSED || opened !== stream) return
      setTimeout(connect, waitFor(tries++))
      void askWhy(link)
    })
  }
  setInterval(() => {
    if (stream?.readyState === EventSource.OPEN && Date.now() - heardAt > pulse.patience) connect()
  }, LOOK_EVERY)
  connect()
}

/** @param {string} version */
const startOf = (version) => version.split('.')[0]

/**
 * A stream that was refused does not tell why.
 * @param {HTMLElement} link
 */
async function askWhy(link) {
  try {
    const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' })
    if (answer.status === 401)
      link.textContent = 'Your session has ended, and what you see is old: load the page anew to sign in.'
    if (answer.status === 404) link.textContent = 'There is no such page any more, and what you see is old.'
  } catch {
    // Nobody answers: that is told already.
  }
}

/**
 * Asks the server for its clock, which is the one that ticks are told by, and whether it is well.
 * @param {import('./pulse.js').Pulse} pulse
 */
async function askTime(pulse) {
  try {
    const answer = await fetch('/healthz', { cache: 'no-store' })
    const { detail } = await answer.json()
    pulse.said(Date.parse(answer.headers.get('date') ?? ''), answer.ok ? undefined : String(detail))
  } catch {
    // The stream tells that nobody answers.
  }
}

/**
 * Each time twice as long, and never all viewers at once.
 * @param {number} tries
 */
const waitFor = (tries) => Math.min(LONGEST, FIRST * 2 ** Math.min(tries, 10)) * (0.5 + Math.random())

/**
 * @typedef {{ at: number, parts: [string, string][], lists: [string, string[]][] }} Change
 * @param {unknown} data
 * @returns {Change | undefined}
 */
function changeIn(data) {
  if (typeof data !== 'string') return undefined
  /** @type {Change} */
  const change = JSON.parse(data)
  return change
}
