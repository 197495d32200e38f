import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Running, start } from '../../test/support/process.ts'
import { until } from '../../test/support/until.ts'
import type { Contender } from './cells.ts'

/** A server that is measured. */
export interface Server {
  pid: number
  port: number
  /** In order, so that it may finish what it holds. */
  stop(): Promise<void>
}

/** What servers are started with: where Kafka is, and the topic; the program of the reference; a folder for CPU profiles. */
export interface Surroundings {
  kafka: { address: string; topic: string } | undefined
  reference: string | undefined
  profile: string | undefined
}

const here = (name: string): string => new URL(name, import.meta.url).pathname
const GATEWAY = here('../../ingest/gateway/main.ts')
const ON_KAFKAJS = here('clients/gateway-on-kafkajs.ts')

/** Memory in place of a disk: writing and syncing a file there costs little, so that what is left is the gateway. */
const MEMORY = '/dev/shm'

const folders = new Set<string>()

const START_WITHIN = 20_000
const STOP_WITHIN = 10_000

/** Starts it and waits until it serves. */
export async function startServer(contender: Contender, surroundings: Surroundings): Promise<Server> {
  const port = await freePort()
  const dir = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'capuchin-bench-'))
  folders.add(dir)
  const running = await start(commandOf(contender, port, dir, surroundings))
  const stop = async (): Promise<void> => {
    await running.stop(STOP_WITHIN)
    await remove(dir)
  }
  try {
    await serving(contender, running, port)
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: running.pid, port, stop }
}

/** Removes what servers that were cut short have left. */
export async function removeFolders(): Promise<void> {
  await Promise.all([...folders].map(remove))
}

async function remove(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  folders.delete(dir)
}

async function serving(contender: Contender, running: Running, port: number): Promise<void> {
  const path = contender === 'no-op' || contender.startsWith('reference') ? '/status' : '/ready'
  await until(() => ended(running) || serves(port, path), {
    what: `${contender} to serve`,
    within: START_WITHIN,
  })
  if (ended(running)) throw new Error(`${contender} ended at once: ${lastWords(running)}`)
}

const ended = (running: Running): boolean => running.exit() !== undefined

const lastWords = (running: Running): string => `${running.stdout()}${running.stderr()}`.trim().slice(-500)

async function serves(port: number, path: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1_000) })
  await answer.arrayBuffer()
  return answer.ok
}

function commandOf(contender: Contender, port: number, dir: string, surroundings: Surroundings): string[] {
  const { kafka, reference, profile } = surroundings
  const addr = `127.0.0.1:${port}`
  const profiled = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const program = contender === 'gateway on kafkajs' ? ON_KAFKAJS : GATEWAY
  const gateway = [process.execPath, ...profiled, program, '--addr', addr]
  if (contender === 'no-op') return [process.execPath, here('noop.ts'), String(port)]
  if (contender === 'gateway') return [...gateway, '--sink', 'file', '--dir', dir]
  if (kafka === undefined) throw new Error(`${contender} needs Kafka`)
  if (contender === 'reference acks=1') {
    if (reference === undefined) throw new Error('the reference is not built')
    return [reference, '-addr', addr, '-kafka', kafka.address, '-topic', kafka.topic]
  }
  const acks = contender === 'gateway acks=1' ? '1' : 'all'
  return [...gateway, '--kafka', kafka.address, '--topic', kafka.topic, '--acks', acks]
}
