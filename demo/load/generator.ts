import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type LoadDone, type LoadOrder, type LoadProgress, type LoadReport, STOP } from './protocol.ts'

/** The load's process, seen from the demo. */
export interface Generator {
  /** Ends the load and waits for what is under way, for `patience` ms. Undefined when it did not tell its figures. */
  stop(patience: number): Promise<LoadDone | undefined>
  kill(): void
  /** Settles when the process has ended without being told to, with what it wrote to standard error. */
  failed: Promise<string>
}

/** `heard` is told how it goes, twice a second. */
export function startGenerator(
  { node, root }: { node: string; root: string },
  order: LoadOrder,
  heard: (progress: LoadProgress) => void,
): Generator {
  const args = [join(root, 'demo/load/main.ts'), JSON.stringify(order)]
  const child = spawn(node, args, { cwd: root, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>()
  let told = false
  let done: LoadDone | undefined
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
    const report = JSON.parse(line) as LoadReport
    if (report.kind === 'done') done = report
    else heard(report)
  })
  const kill = (): void => {
    told = true
    child.kill('SIGKILL')
  }
  return {
    failed,
    kill,
    async stop(patience) {
      told = true
      child.stdin.end(`${STOP}\n`)
      const timer = setTimeout(kill, patience)
      await ended
      clearTimeout(timer)
      return done
    },
  }
}
