import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type {
  CloudCommand,
  CloudHappened,
  CloudOrder,
  CloudReady,
  CloudReport,
  CloudState,
} from './protocol.ts'

/** The fake cloud's process, seen from the demo. */
export interface Cloud {
  /** Settles when it serves. Never, when it ends before. */
  ready: Promise<CloudReady>
  tell(command: CloudCommand): void
  /** Ends it with all its VMs, and waits for that; kills it after `patience` ms. */
  stop(patience: number): Promise<void>
  /** Settles when the process has ended without being told to, with what it wrote to standard error. */
  failed: Promise<string>
}

/** Whoever wants to know how the cloud is. */
export interface CloudListener {
  state(state: CloudState): void
  happened(what: CloudHappened): void
}

/** Starts the fake in a process group of its own, as all that the demo starts. */
export function startCloud(
  { node, root }: { node: string; root: string },
  order: CloudOrder,
  listener: CloudListener,
): Cloud {
  const args = [join(root, 'demo/cloud/main.ts'), JSON.stringify(order)]
  const child = spawn(node, args, { cwd: root, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>()
  const { promise: ready, resolve: serve } = Promise.withResolvers<CloudReady>()
  let told = false
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-2_000)
  })
  child.stdin.on('error', () => {})
  child.once('error', ({ message }) => fail(message))
  child.once('close', () => {
    end()
    if (!told) fail(errors)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line) as CloudReport
    if (report.kind === 'ready') serve(report)
    else if (report.kind === 'state') listener.state(report)
    else listener.happened(report)
  })
  return {
    ...{ ready, failed },
    tell: (command) => void child.stdin.write(`${command}\n`),
    async stop(patience) {
      told = true
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), patience)
      await ended
      clearTimeout(timer)
    },
  }
}
