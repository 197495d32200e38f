import { createInterface } from 'node:readline'
import { drive } from './drive.ts'
import { createPost } from './post.ts'
import type { LoadOrder, LoadReport } from './protocol.ts'
import { createTargets, readList } from './targets.ts'

// The load runs in a process of its own: what the demo draws must not delay what is sent.

const CONNECTIONS = 32
const ATTEMPT_WITHIN = 3_000
const LIST_EVERY = 200
const REPORT_EVERY = 500

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder
const { post, close } = createPost(CONNECTIONS, ATTEMPT_WITHIN)
const targets = createTargets(readList(order.list))
targets.refresh()
const load = drive(order, { post, targets, random: Math.random, now: () => performance.now() })
const say = (report: LoadReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`)
}
const refreshing = setInterval(targets.refresh, LIST_EVERY)
const reporting = setInterval(() => say(load.progress()), REPORT_EVERY)

// Its end comes with a line, or with the end of the demo, whose side of the pipe closes then.
const told = createInterface({ input: process.stdin })
await new Promise<void>((resolve) => {
  told.once('line', () => resolve())
  told.once('close', () => resolve())
})
const done = await load.stop()
clearInterval(refreshing)
clearInterval(reporting)
close()
say(done)
told.close()
