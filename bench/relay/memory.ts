import { freePort } from '../../test/support/process.ts'
import { until } from '../../test/support/until.ts'
import { countingSink, cpuOf, generate, memoryOf, sleep, startRelay } from './measure.ts'

/** One state of the relay: its memory in MB, and its CPU in % of a core where it is steady. */
export interface State {
  name: string
  resident: number
  own: number
  peak: number
  cpu?: number
}

/** Memory idle, at two rates, with a large buffer on disk, and while that is delivered. `seconds`: how long each rate lasts. */
export async function memoryStates(seconds: number, buffered: number): Promise<State[]> {
  return [...(await steady(seconds)), ...(await throughOutage(buffered))]
}

async function steady(seconds: number): Promise<State[]> {
  const sink = await countingSink()
  const relay = await startRelay(sink.port)
  const states: State[] = []
  const measure = async (name: string): Promise<void> => {
    const before = cpuOf(relay.pid)
    await sleep(seconds * 1_000)
    states.push({ name, ...memoryOf(relay.pid), cpu: (cpuOf(relay.pid) - before) / seconds / 10 })
  }
  await measure('idle')
  for (const rate of [1_000, 10_000]) {
    const generator = await generate(relay.port, rate * (seconds + 2), rate)
    await sleep(1_000)
    await measure(`${rate.toLocaleString('en')} lines a second`)
    await generator.exited
  }
  await relay.stop()
  await sink.stop()
  return states
}

/** Graphite is away while many lines come in, and then back. */
async function throughOutage(lines: number): Promise<State[]> {
  const port = await freePort()
  const relay = await startRelay(port, '--resend-rate', '20000', '--confirm-every', '1s')
  const generator = await generate(relay.port, lines, 0)
  await generator.exited
  await until(
    async () =>
      (await relay.metric('lines_waiting')) >= lines && (await relay.metric('memory_buffer_bytes')) === 0,
    {
      within: 60_000,
      what: 'the buffer to be full',
    },
  )
  const megabytes = Math.round((await relay.metric('buffer_bytes')) / 1e6)
  const away = {
    name: `Graphite away, ${lines.toLocaleString('en')} lines (${megabytes} MB) on disk`,
    ...memoryOf(relay.pid),
  }
  const sink = await countingSink(port)
  await until(async () => (await relay.metric('lines_waiting')) < lines / 2, {
    within: 180_000,
    what: 'half of it to be delivered',
  })
  const back = { name: 'Graphite back, 20,000 lines a second from the buffer', ...memoryOf(relay.pid) }
  await relay.stop()
  await sink.stop()
  return [away, back]
}
