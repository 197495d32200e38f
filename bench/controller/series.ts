import { instanceTargets } from '../../controller/publishers/file-sd.ts'
import type { Published } from '../../controller/publishers/publisher.ts'
import type { Series } from '../../test/support/remote-write.ts'
import { metricOf, queueOf, type Size } from './files.ts'
import type { Prometheus } from './prometheus.ts'

const INTERVAL = 15_000
/** The longest window, the range of its rates, and some. */
const BACK = 10 * 60_000
const WRITE_EVERY = 5_000

/** One series that is written: its labels, what it is worth at a time, and by how many ms its scrapes are off the full interval. */
interface Line {
  labels: Record<string, string>
  phase: number
  at(t: number): number
}

/** Writes what a Prometheus would have scraped of these instances, from ten minutes ago until `stop`. */
export async function startSeries(size: Size, instances: readonly Published[], prometheus: Prometheus) {
  const lines = [...instanceLines(size, instances), ...queueLines(size)]
  let until = Date.now()
  await prometheus.write(between(lines, until - BACK, until))
  let writing: Promise<unknown> = Promise.resolve()
  const write = (): void => {
    const now = Date.now()
    writing = writing
      .then(() => prometheus.write(between(lines, until, now)))
      .then(() => {
        until = Math.max(until, now)
      })
    writing.catch((error: unknown) => process.stderr.write(`not written: ${String(error)}\n`))
  }
  const timer = setInterval(write, WRITE_EVERY)
  return {
    series: lines.length,
    async stop(): Promise<void> {
      clearInterval(timer)
      await writing
    },
  }
}

/** What is scraped of the instances, under the labels that the controller publishes for Prometheus. */
function instanceLines({ rules }: Size, instances: readonly Published[]): Line[] {
  const lines: Line[] = []
  for (const [i, target] of instanceTargets(instances).entries()) {
    const { __meta_capuchin_state: _, ...kept } = target.labels
    for (let rule = 0; rule < rules; rule++) {
      if (rule % 3 === 2) continue
      const labels = { ...kept, job: 'services', __name__: metricOf(rule) }
      // Fifty requests a second, and a quarter of a core: the middle of the band.
      const rate = rule % 3 === 0 ? 50 : 0.25
      lines.push({ labels, phase: (i * 37) % INTERVAL, at: (t) => (rate * (t % 1_000_000_000)) / 1000 })
    }
  }
  return lines
}

function queueLines({ workloads, rules, instances }: Size): Line[] {
  const queues = new Set(Array.from({ length: workloads }, (_, index) => queueOf(index)))
  const lines: Line[] = []
  for (const queue of queues) {
    for (let rule = 2; rule < rules; rule += 3) {
      const labels = { job: 'broker', instance: '10.9.0.1:9419', queue, __name__: metricOf(rule) }
      lines.push({ labels, phase: 3_000, at: () => 50 * instances })
    }
  }
  return lines
}

/** The samples in (from, to]. */
function between(lines: readonly Line[], from: number, to: number): Series[] {
  return lines.flatMap(({ labels, phase, at }) => {
    const samples: { t: number; value: number }[] = []
    const first = (Math.floor((from - phase) / INTERVAL) + 1) * INTERVAL + phase
    for (let t = first; t <= to; t += INTERVAL) samples.push({ t, value: at(t) })
    return samples.length === 0 ? [] : [{ labels, samples }]
  })
}
