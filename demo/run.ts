import { randomUUID } from 'node:crypto'
import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Cleanup, createCleanup } from './cleanup.ts'
import type { Options } from './options.ts'
import type { Outside } from './outside.ts'
import { paceOf } from './pace.ts'
import { play } from './play.ts'
import { faultsOf, type Report } from './report.ts'
import { checkCloud } from './setup/cloud.ts'
import { provideKafka } from './setup/kafka.ts'
import { summaryLines } from './summary.ts'
import { type Alarm, createAlarm, Interrupted, Trouble } from './trouble.ts'
import { paint } from './view/line.ts'
import { coloursFor, openView } from './view/open.ts'

const exits = { ok: 0, failed: 1, interrupted: 130 } as const

/** Runs the demo from begin to end and leaves nothing behind. Settles with the exit code and never rejects. */
export async function runDemo(options: Options, outside: Outside): Promise<number> {
  const alarm = createAlarm()
  const cleanup = createCleanup()
  const began = outside.now()
  const interrupt = (): void => alarm.raise(new Interrupted())
  outside.stopped.addEventListener('abort', interrupt, { once: true })
  if (outside.stopped.aborted) interrupt()
  try {
    await canWrite(options, outside)
    const report = await perform(options, alarm, cleanup, outside)
    const faults = faultsOf(report, paceOf(options))
    conclude(report, faults, outside, began)
    const clean = await tidy(cleanup, outside)
    await write(report, faults, options, outside)
    return clean && faults.length === 0 ? exits.ok : exits.failed
  } catch (error) {
    return await giveUp(alarm.signal.aborted ? alarm.signal.reason : error, cleanup, outside)
  }
}

/** The view is closed before anything else is said, so that it stands on the terminal as it was found. */
async function perform(options: Options, alarm: Alarm, cleanup: Cleanup, outside: Outside): Promise<Report> {
  if (options.fakeYandex) checkCloud(outside)
  const kafka = options.kafka ? provideKafka(outside) : undefined
  alarm.signal.throwIfAborted()
  const run = randomUUID().slice(0, 8)
  const view = openView(outside)
  try {
    return await play(
      { pace: paceOf(options), run, keep: options.keep, kafka, alarm, cleanup, view },
      outside,
    )
  } finally {
    view.close()
  }
}

/** Better now than after two minutes. */
async function canWrite({ report }: Options, { cwd }: Outside): Promise<void> {
  if (report === undefined) return
  const folder = dirname(resolve(cwd, report))
  try {
    await access(folder, constants.W_OK)
  } catch {
    throw new Trouble(`--report ${report}: ${folder} is not a folder that can be written to`)
  }
}

function conclude(report: Report, faults: readonly string[], outside: Outside, began: number): void {
  const colours = coloursFor(outside)
  for (const line of summaryLines(report, faults, began)) outside.out(`${paint(line, colours)}\n`)
}

async function write(
  report: Report,
  faults: readonly string[],
  options: Options,
  { cwd, out }: Outside,
): Promise<void> {
  if (options.report === undefined) return
  const path = resolve(cwd, options.report)
  await writeFile(path, `${JSON.stringify({ ok: faults.length === 0, faults, ...report }, undefined, 2)}\n`)
  out(`The report is in ${path}\n`)
}

/** Says what stopped the demo, and stops what it had started. */
async function giveUp(reason: unknown, cleanup: Cleanup, outside: Outside): Promise<number> {
  const interrupted = reason instanceof Interrupted
  outside.err(interrupted ? 'Interrupted: everything that was started is being stopped.' : sayReason(reason))
  const clean = await tidy(cleanup, outside)
  if (clean) outside.err('Nothing is left running.')
  return interrupted ? exits.interrupted : exits.failed
}

/** What is expected comes with its remedy; what is not, with its place. */
function sayReason(reason: unknown): string {
  if (reason instanceof Trouble) return `The demo failed: ${reason.message}`
  return `The demo failed: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`
}

async function tidy(cleanup: Cleanup, { err }: Outside): Promise<boolean> {
  const failed = await cleanup.run()
  for (const one of failed) err(one)
  return failed.length === 0
}
