import { access, copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { start, tempFolder } from '../../test/support/process.ts'

/** A built reference: its program, and what it was built with. */
export type Reference =
  | { kind: 'built'; program: string; versions: string }
  | { kind: 'missing'; why: string }

const STEPS = [
  ['go', 'mod', 'init', 'reference-ingest'],
  ['go', 'mod', 'tidy'],
  ['go', 'build', '-o', 'reference-ingest', '.'],
]

const STEP_WITHIN = 300_000

/** Builds the Go program in a temporary folder from the main.go in `folder`. */
export async function buildReference(folder: string | undefined): Promise<Reference> {
  if (folder === undefined) return { kind: 'missing', why: 'no --reference DIR was given' }
  const work = await tempFolder('reference')
  try {
    await access(join(folder, 'main.go'))
    await copyFile(join(folder, 'main.go'), join(work, 'main.go'))
  } catch {
    return { kind: 'missing', why: `there is no main.go to read in ${folder}` }
  }
  for (const step of STEPS) {
    const why = await perform(step, work)
    if (why !== undefined) return { kind: 'missing', why }
  }
  return { kind: 'built', program: join(work, 'reference-ingest'), versions: await versionsOf(work) }
}

/** Answers why it failed. */
async function perform(step: readonly string[], cwd: string): Promise<string | undefined> {
  const running = await start(step, { cwd })
  const late = setTimeout(() => running.signal('SIGKILL'), STEP_WITHIN)
  const { code } = await running.exited
  clearTimeout(late)
  if (code === 0) return undefined
  const words = running.stderr().trim().split('\n').slice(-3).join(' ')
  return `${step.join(' ')} failed${code === null ? ' or took too long' : ''}: ${words}`
}

async function versionsOf(work: string): Promise<string> {
  const text = await readFile(join(work, 'go.mod'), 'utf8')
  const version = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? 'unknown'
  return `Go ${version(/^go (\S+)/m)}, sarama ${version(/IBM\/sarama (\S+)/)}, client_golang ${version(/client_golang (\S+)/)}`
}
