import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type Reserved, reservePorts, USUAL_SLOTS } from '../../demo/setup/ports.ts'

async function reserved(): Promise<Reserved> {
  const ports = await reservePorts()
  if (ports === undefined) throw new Error('no ports are free')
  onTestFinished(ports.release)
  return ports
}

/** Listens on the port as any other program would. */
async function occupy(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
}

test('two demos that start at once do not choose the same ports', async () => {
  const [one, other] = await Promise.all([reserved(), reserved()])
  expect(one.server).not.toBe(other.server)
})

test('a block is passed over when somebody has its first or its last port', async () => {
  const first = await reserved()
  await first.release()
  await occupy(first.server)
  const second = await reserved()
  expect(second.server).not.toBe(first.server)
  await second.release()
  await occupy(second.portBase + USUAL_SLOTS - 1)
  const third = await reserved()
  expect([first.server, second.server]).not.toContain(third.server)
})

test('what is given back is free again, its guard included', async () => {
  const { server, release } = await reserved()
  await release()
  await occupy(server - 1)
})
