import { createServer, type Server } from 'node:net'
import type { Ports } from './files.ts'

/** Ports that nobody else on this machine uses; `release` gives them back. */
export interface Reserved extends Ports {
  release(): Promise<void>
}

/** Slots of the plain demo. */
export const USUAL_SLOTS = 12

/** 7070 is where the documentation looks for a controller, so it is tried first. All lie below the ports that clients are given. */
const FIRST = 7070
const APART = 100
const BLOCKS = 200

/**
 * Finds a block of free ports on 127.0.0.1: a guard, the server's, one for every slot of every host, and two for a broker. The guard
 * is held open, so that two demos that start at once do not choose the same block: instances take their ports only later.
 */
export async function reservePorts(slots = USUAL_SLOTS): Promise<Reserved | undefined> {
  for (let block = 0; block < BLOCKS; block++) {
    const server = FIRST + block * APART
    const guard = await open(server - 1)
    if (guard === undefined) continue
    if (await areFree(server, 1 + slots + 2)) {
      const portBase = server + 1
      const broker = portBase + slots
      return { server, portBase, broker, quorum: broker + 1, release: () => close(guard) }
    }
    await close(guard)
  }
  return undefined
}

async function areFree(from: number, count: number): Promise<boolean> {
  for (let port = from; port < from + count; port++) {
    const opened = await open(port)
    if (opened === undefined) return false
    await close(opened)
  }
  return true
}

/** Undefined where somebody else has the port, or this user may not. */
function open(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
    server.unref()
  })
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
