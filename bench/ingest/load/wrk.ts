import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { start, tempFolder } from '../../../test/support/process.ts'
import type { Done, Order } from './order.ts'
import { useOf } from './processor.ts'
import { eventOf } from './requests.ts'

/** What wrk says at its end, by the script below. Latencies in microseconds. */
interface Said {
  requests: number
  took: number
  failed: number
  statuses: number
  mean: number
  p50: number
  p99: number
  p999: number
  max: number
}

const DIFFERENT = 256
const SLACK = 15_000

/** Another generator as a second witness: closed loop, one thread. What is under way at its end it cuts off. */
export async function runWrk(order: Order): Promise<Done> {
  const script = join(await tempFolder('wrk'), 'post.lua')
  await writeFile(script, scriptOf(order))
  const warm = await wrk(order, order.warmUp, script)
  const before = usesOf(order)
  const said = await wrk(order, order.measured, script)
  const after = usesOf(order)
  const cpu = Object.keys(after).map((name) => [name, (after[name]?.cpu ?? 0) - (before[name]?.cpu ?? 0)])
  const { mean, p50, p99, p999, max, failed, statuses, took } = said
  const count = said.requests - statuses
  const total = count + warm.requests - warm.statuses
  const ms = (microseconds: number): number => microseconds / 1_000
  const latency = { count, mean: ms(mean), p50: ms(p50), p99: ms(p99), p999: ms(p999), max: ms(max) }
  const bad = failed + statuses
  return {
    kind: 'done',
    acknowledged: total,
    refused: 0,
    // Twice, since it ran twice.
    unsure: 2 * order.connections + bad + warm.failed + warm.statuses,
    failures: bad === 0 ? [] : [{ why: 'as wrk counts them', times: bad }],
    stretch: {
      took: ms(took),
      events: count,
      failed: bad,
      latency,
      pace: { kind: 'free' },
      cpu: Object.fromEntries(cpu),
      rss: Object.fromEntries(Object.entries(after).map(([name, { rss }]) => [name, rss])),
    },
  }
}

const usesOf = ({ watched }: Order) =>
  Object.fromEntries(Object.entries(watched).map(([name, pid]) => [name, useOf(pid)]))

async function wrk(order: Order, duration: number, script: string): Promise<Said> {
  const seconds = Math.max(1, Math.round(duration / 1_000))
  const url = `http://${order.host}:${order.port}/post`
  const args = [
    '-t1',
    `-c${order.connections}`,
    `-d${seconds}s`,
    '--timeout',
    `${Math.ceil(order.answerWithin / 1_000)}s`,
  ]
  const running = await start(['wrk', ...args, '-s', script, url])
  const late = setTimeout(() => running.signal('SIGKILL'), duration + order.answerWithin + SLACK)
  const { code } = await running.exited
  clearTimeout(late)
  const line = running
    .stdout()
    .split('\n')
    .findLast((text) => text.startsWith('{'))
  if (code !== 0 || line === undefined)
    throw new Error(`wrk ended with ${code}: ${running.stderr().slice(-300)}`)
  return JSON.parse(line) as Said
}

/** Its events are those of our own generator; a bracket of Lua quotes them. */
const scriptOf = ({ connection }: Order): string => `
local bodies = {
${Array.from({ length: DIFFERENT }, (_, n) => `[[${eventOf(n)}]],`).join('\n')}
}
local headers = { ["Content-Type"] = "application/json"${connection === 'close' ? ', ["Connection"] = "close"' : ''} }
local requests = {}
local turn = 0
function init()
  for i = 1, #bodies do requests[i] = wrk.format("POST", "/post", headers, bodies[i]) end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"took":%d,"failed":%d,"statuses":%d,"mean":%.1f,"p50":%d,"p99":%d,"p999":%d,"max":%d}\\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status,
    latency.mean, latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
`
