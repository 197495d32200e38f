import { Agent, request } from 'node:http'

/** An event that was acknowledged, and where. */
export type Acknowledged = { event: string; offset: number }

/** A load under way. Every client posts one event after the other, until it is refused or told to stop. */
export type Load = {
  acknowledged: readonly Acknowledged[]
  /** Requests that were answered otherwise, by status; -1 for those that got no answer. */
  refused: ReadonlyMap<number, number>
  /** No new requests from here on; settles when the last one is answered. */
  stop(): Promise<void>
}

type Reply = { status: number; text: string }

const NO_ANSWER: Reply = { status: -1, text: '' }

/** Starts `clients` keep-alive clients against `url`. Each event is different, so that it can be found again. */
export const startLoad = (url: string, clients = 16): Load => {
  const agent = new Agent({ keepAlive: true })
  const acknowledged: Acknowledged[] = []
  const refused = new Map<number, number>()
  let going = true

  const client = async (name: number) => {
    for (let n = 0; going; n += 1) {
      const event = `{"client":${name},"n":${n},"fill":"${'x'.repeat((n * 37) % 200)}"}`
      const reply = await post(agent, url, event)
      if (reply.status === 200) acknowledged.push({ event, offset: offsetIn(reply.text) })
      else {
        refused.set(reply.status, (refused.get(reply.status) ?? 0) + 1)
        return
      }
    }
  }
  const done = Promise.all(Array.from({ length: clients }, (_, name) => client(name)))

  return {
    acknowledged,
    refused,
    stop: async () => {
      going = false
      await done
      agent.destroy()
    },
  }
}

const post = (agent: Agent, url: string, body: string): Promise<Reply> =>
  new Promise((resolve) => {
    const sent = request(`${url}/post`, { method: 'POST', agent }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? -1, text }))
      response.on('error', () => resolve(NO_ANSWER))
    })
    sent.on('error', () => resolve(NO_ANSWER))
    sent.end(body)
  })

const offsetIn = (text: string): number => Number(/"Offset":(\d+)/.exec(text)?.[1])

/** The acknowledged events that are not stored where their offsets say. */
export const lost = (acknowledged: readonly Acknowledged[], stored: readonly string[]): Acknowledged[] =>
  acknowledged.filter(({ event, offset }) => stored[offset] !== event)
