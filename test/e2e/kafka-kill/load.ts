import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** What became of one event: how often it was posted, and whether some gateway acknowledged it. */
export type Sent = { tries: number; acknowledged: boolean }

/** Clients that carry numbered events to gateways until each is acknowledged. */
export type TracedLoad = {
  /** Events acknowledged so far, by all gateways or by the one at a port. */
  acknowledged(port?: number): number
  /** Begins no more events, and ends when all that were begun are acknowledged. By event number. */
  stop(): Promise<readonly Sent[]>
}

/** Each has one event under way at a time. */
export const CLIENTS = 64

/** How long a client waits for an answer; longer than a gateway takes to say no. Milliseconds. */
const PATIENCE = 12_000

const bodyOf = (n: number): string => JSON.stringify({ n, fill: 'x'.repeat(150) })

/**
 * Posts `{"n": 0}, {"n": 1}, ...`, about `perSecond` of them, to the ports that `targets` names at the time, and again to the next one
 * what was refused, cut off or not answered: nothing tells such a client whether its event was stored.
 */
export const startTracedLoad = (targets: () => readonly number[], perSecond: number): TracedLoad => {
  const agent = new Agent({ keepAlive: true })
  const events: Sent[] = []
  const byPort = new Map<number, number>()
  let acknowledged = 0
  let stopped = false
  let due = performance.now()

  const note = (event: Sent, port: number) => {
    event.acknowledged = true
    acknowledged += 1
    byPort.set(port, (byPort.get(port) ?? 0) + 1)
  }

  const carry = async (n: number, event: Sent) => {
    while (!event.acknowledged) {
      const ports = targets()
      const port = ports[(n + event.tries) % ports.length]
      event.tries += 1
      if (port !== undefined && (await post(agent, port, bodyOf(n)))) note(event, port)
      else await sleep(20 + Math.random() * 60)
    }
  }

  /** Waits for the next event's time. What was missed in an outage is not made up for. */
  const turn = () => {
    due = Math.max(due + 1_000 / perSecond, performance.now() - 50)
    return sleep(due - performance.now())
  }

  const client = async () => {
    while (!stopped) {
      await turn()
      const event = { tries: 0, acknowledged: false }
      await carry(events.push(event) - 1, event)
    }
  }

  const clients = Array.from({ length: CLIENTS }, client)
  return {
    acknowledged: (port) => (port === undefined ? acknowledged : (byPort.get(port) ?? 0)),
    stop: async () => {
      stopped = true
      await Promise.all(clients)
      agent.destroy()
      return events
    },
  }
}

/** Answers whether the event was acknowledged. */
const post = (agent: Agent, port: number, body: string): Promise<boolean> =>
  new Promise((resolve) => {
    const options = { agent, host: '127.0.0.1', port, path: '/post', method: 'POST', timeout: PATIENCE }
    const asked = request(options, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode === 200))
      answer.once('close', () => resolve(false))
    })
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve(false))
    asked.end(body)
  })
