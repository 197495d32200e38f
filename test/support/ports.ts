import { createServer, type Server } from 'node:net'

/** Below the ports that the system gives to clients, so that a connection of somebody else does not take one meanwhile. */
const FIRST = 20_000
const LAST = 32_000

/**
 * The first of `count` neighbouring TCP ports that were free on 127.0.0.1 a moment ago. It looks from a random place on, so that
 * several test processes do not choose the same ones.
 */
export const freePorts = async (count: number): Promise<number> => {
  const places = Math.floor((LAST - FIRST) / count)
  const begin = Math.floor(Math.random() * places)
  for (let tried = 0; tried < places; tried++) {
    const first = FIRST + ((begin + tried) % places) * count
    if (await areFree(first, count)) return first
  }
  throw new Error(`no ${count} neighbouring ports are free between ${FIRST} and ${LAST}`)
}

const areFree = async (first: number, count: number): Promise<boolean> => {
  for (let port = first; port < first + count; port++) {
    const server = await listenOn(port)
    if (server === undefined) return false
    await new Promise((resolve) => server.close(resolve))
  }
  return true
}

/** Takes a port of 127.0.0.1; undefined when somebody has it. Whoever connects gets no answer. */
export const listenOn = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
