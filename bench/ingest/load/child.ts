import { setTimeout as sleep } from 'node:timers/promises'
import { type Running, start } from '../../../test/support/process.ts'
import type { Done, Order, Progress, Report } from './order.ts'

const main = new URL('main.ts', import.meta.url).pathname

/** Beyond the load itself and the last answers. */
const SLACK = 15_000
const LOOK_EVERY = 1_000

/** Runs the generator in a process of its own. `heard` is told how it goes, about once a second. */
export async function runGenerator(order: Order, heard: (progress: Progress) => void): Promise<Done> {
  const running = await start([process.execPath, main, JSON.stringify(order)])
  const limit = order.warmUp + order.measured + order.answerWithin + SLACK
  const late = setTimeout(() => running.signal('SIGKILL'), limit)
  await listen(running, heard)
  clearTimeout(late)
  const { code, signal } = await running.exited
  const done = reportsOf(running).findLast((report) => report.kind === 'done')
  if (done?.kind === 'done') return done
  const how = signal === null ? `exit code ${code}` : `${signal} after ${limit} ms`
  throw new Error(`the generator ended without figures (${how}): ${running.stderr().slice(-500)}`)
}

async function listen(running: Running, heard: (progress: Progress) => void): Promise<void> {
  while (running.exit() === undefined) {
    await Promise.race([running.exited, sleep(LOOK_EVERY, undefined, { ref: false })])
    const last = reportsOf(running).at(-1)
    if (last?.kind === 'progress') heard(last)
  }
}

/** What it has said so far. Its last line may have come in half. */
function reportsOf(running: Running): Report[] {
  const text = running.stdout()
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Report)
}
