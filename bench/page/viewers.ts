import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Measured } from './child.ts'

/** What a tick costs with so many viewers. */
export interface TickCost {
  viewers: number
  /** Of the server, ms a tick. */
  cpu: number
  /** On the wire to each viewer, bytes a tick. */
  bytes: number
}

interface Viewer {
  bytes(): number
  close(): void
}

function watch(url: string, encoding: string): Promise<Viewer> {
  const { promise, resolve, reject } = Promise.withResolvers<Viewer>()
  const request = get(
    `${url}/live`,
    { headers: { 'accept-encoding': encoding } },
    (answer: IncomingMessage) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      // That it ends is how it is closed.
      answer.on('error', () => {})
      resolve({ bytes: () => bytes, close: () => request.destroy() })
    },
  )
  request.on('error', reject)
  return promise
}

/** What has been written is on its way for a moment. */
const SETTLE = 60

/** Lets the server tick while so many watch. */
export async function measureViewers(
  server: Measured,
  viewers: number,
  ticks: number,
  encoding: string,
): Promise<TickCost> {
  const all: Viewer[] = []
  for (let i = 0; i < viewers; i++) all.push(await watch(server.url, encoding))
  await server.tick()
  await sleep(10 * SETTLE)
  const sum = (): number => all.reduce((total, one) => total + one.bytes(), 0)
  const before = { bytes: sum(), cpu: (await server.usage()).cpu }
  for (let i = 0; i < ticks; i++) {
    await server.tick()
    await sleep(SETTLE)
  }
  await sleep(10 * SETTLE)
  const after = { bytes: sum(), cpu: (await server.usage()).cpu }
  for (const one of all) one.close()
  await sleep(SETTLE)
  const cpu = (after.cpu - before.cpu) / ticks
  return { viewers, cpu, bytes: viewers === 0 ? 0 : (after.bytes - before.bytes) / ticks / viewers }
}

/** By how much the second grows with the first: least squares. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map(([one]) => one)), mean(points.map(([, one]) => one))]
  const above = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0)
  return above / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0)
}
