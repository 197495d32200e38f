import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { hostFolder } from '../layout.ts'
import { supervise } from './supervise.ts'

// The composition root of a host of this machine: `node supervisor/main.ts FOLDER`, started by the process provider.
const STDOUT = 1

const log = (fields: object, message: string): void => {
  try {
    writeSync(STDOUT, `${JSON.stringify({ time: new Date().toISOString(), ...fields, msg: message })}\n`)
  } catch {
    // The disk is full. The log is worth less than the instances.
  }
}

const stopped = new AbortController()
process.on('SIGTERM', () => stopped.abort())
for (const name of ['SIGINT', 'SIGHUP', 'SIGPIPE'] as const) process.on(name, () => undefined)

// Now rather than on exit, so that the hosts that are started next need a third less memory.
flushCompileCache()

const { env, pid, argv } = process
const world = { pid, env, log, now: Date.now, random: Math.random }
const [, , dir] = argv
if (dir === undefined) throw new Error('usage: node supervisor/main.ts FOLDER')
const ended = await supervise(hostFolder(dir), world, stopped.signal)
log({ ended }, 'the supervisor ends')
