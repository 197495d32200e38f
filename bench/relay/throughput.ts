import { until } from '../../test/support/until.ts'
import { carbonSink, countingSink, cpuOf, generate, memoryOf, type Relay, startRelay } from './measure.ts'

/** How lines go from the generator to the sink. */
export type Way = 'plain socket' | 'relay'

/** What is sent: lines a second (0: as fast as they are taken), to what, and how many. */
export interface Cell {
  name: string
  rate: number
  lines: number
  sink: 'counting' | 'carbon'
}

/** Lines a second that arrived; CPU in ms for a thousand lines of the relay and of the sink; the relay's memory in MB. */
export interface Run {
  arrived: number
  relayCpu: number
  sinkCpu: number
  resident: number
  peak: number
}

/** Runs one cell one way, with processes of its own. */
export async function runOnce(cell: Cell, way: Way): Promise<Run> {
  const sink = await (cell.sink === 'carbon' ? carbonSink() : countingSink())
  const relay =
    way === 'relay'
      ? await startRelay(sink.port, '--confirm-every', '500ms', '--resend-rate', '1000000')
      : undefined
  try {
    if (relay !== undefined)
      await until(() => relay.metric('connected'), { what: 'a connection', within: 30_000 })
    const before = { relay: relay === undefined ? 0 : cpuOf(relay.pid), sink: cpuOf(sink.pid()) }
    const begin = performance.now()
    const generator = await generate(relay?.port ?? sink.port, cell.lines, cell.rate)
    await arrival(cell, sink.lines, relay, generator.exited)
    const seconds = (performance.now() - begin) / 1_000
    const memory = relay === undefined ? { resident: 0, peak: 0 } : memoryOf(relay.pid)
    const thousands = cell.lines / 1_000
    return {
      arrived: cell.lines / seconds,
      relayCpu: relay === undefined ? 0 : (cpuOf(relay.pid) - before.relay) / thousands,
      sinkCpu: (cpuOf(sink.pid()) - before.sink) / thousands,
      resident: memory.resident,
      peak: memory.peak,
    }
  } finally {
    await relay?.stop()
    await sink.stop()
  }
}

/** All lines are there: counted, or confirmed by the end of the connection. */
async function arrival(
  { lines }: Cell,
  counted: () => number | undefined,
  relay: Relay | undefined,
  generated: Promise<unknown>,
): Promise<void> {
  await generated
  const isThere = async (): Promise<boolean> => {
    const count = counted()
    if (count !== undefined) return count >= lines
    return relay === undefined || (await relay.metric('lines_confirmed_total')) >= lines
  }
  await until(isThere, { every: 10, within: 180_000, what: 'all lines to arrive' })
}
