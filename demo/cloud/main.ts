import { createInterface } from 'node:readline'
import type { CloudCommand, CloudOrder, CloudReport } from './protocol.ts'
import { openRuntime } from './runtime.ts'
import { startStand } from './stand.ts'

// The fake cloud runs in a process of its own: the controller reaches it over the network, as it reaches the real one.

const REPORT_EVERY = 500

const order = JSON.parse(process.argv[2] ?? '') as CloudOrder
const say = (report: CloudReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`)
}
const runtime = openRuntime(order, process.execPath, process.env['PATH'] ?? '')
const stand = await startStand(order.pace, runtime, say)
say(stand.ready)
const reporting = setInterval(() => say(stand.state()), REPORT_EVERY)

const isCommand = (line: string): line is CloudCommand =>
  line === 'close-zone' || line === 'preempt' || line === 'tell'

// A line is something to do; the end of the demo, whose side of the pipe closes then, is the end of the cloud.
const told = createInterface({ input: process.stdin })
told.on('line', (line) => {
  if (isCommand(line)) stand.obey(line)
})
await new Promise<void>((resolve) => told.once('close', () => resolve()))
clearInterval(reporting)
await stand.close()
