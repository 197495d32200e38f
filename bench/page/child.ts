import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Ask, Told } from './server.ts'

/** The server that is measured. */
export interface Measured {
  url: string
  /** Settles when the tick is made and written to all viewers. */
  tick(): Promise<void>
  usage(): Promise<Extract<Told, { kind: 'usage' }>>
  stop(): Promise<void>
}

const PATIENCE = 60_000

/** Starts the server as a process that dies with this one. */
export async function startMeasured(workloads: number, instances: number): Promise<Measured> {
  const args = ['--expose-gc', 'bench/page/server.ts', String(workloads), String(instances)]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const listening = await hear(child, 'listening')
  return {
    url: listening.url,
    async tick() {
      await ask(child, { kind: 'tick' }, 'ticked')
    },
    usage: () => ask(child, { kind: 'usage' }, 'usage'),
    async stop() {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

function ask<K extends Told['kind']>(
  child: ChildProcess,
  question: Ask,
  kind: K,
): Promise<Extract<Told, { kind: K }>> {
  const answer = hear(child, kind)
  child.send(question)
  return answer
}

async function hear<K extends Told['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<Told, { kind: K }>> {
  const signal = AbortSignal.timeout(PATIENCE)
  for (;;) {
    const [told] = (await once(child, 'message', { signal })) as [Told]
    if (isOf(told, kind)) return told
  }
}

const isOf = <K extends Told['kind']>(told: Told, kind: K): told is Extract<Told, { kind: K }> =>
  told.kind === kind
