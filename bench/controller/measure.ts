import { z } from 'zod'
import { type Core, startChild } from './child.ts'
import { median, quantile } from './figures.ts'
import { type TickWord, Word } from './words.ts'

/** What a run of the measured controller came to. Durations in ms, sizes in bytes; `first` is the cold tick. */
export interface Ran {
  first: TickWord
  ticks: readonly TickWord[]
  peakRss: number
  stateBytes: number
}

export interface RunOptions {
  ticks: number
  every: number
  profile?: string
  /** The controller to run, and what it is told beside settings, ticks and pace; by default the one of this bench. */
  script?: string
  args?: readonly string[]
}

const here = (name: string): string => new URL(name, import.meta.url).pathname

/** Runs the measured controller for one cold tick and so many others. `progress` is told each tick. */
export async function runController(
  config: string,
  { ticks, every, profile, script = here('controller.ts'), args: more = [] }: RunOptions,
  progress: (tick: TickWord) => void,
): Promise<Ran> {
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const words: Word[] = []
  const args = [...flags, script, config, String(ticks + 1), String(every), ...more]
  await runNode(args, 'controller', (line) => {
    const word = Word.parse(JSON.parse(line))
    words.push(word)
    if (word.kind === 'tick') progress(word)
  })
  const [first, ...others] = words.filter((word) => word.kind === 'tick')
  const end = words.find((word) => word.kind === 'end')
  if (first === undefined || end === undefined) throw new Error('the controller ended before its last tick')
  return { first, ticks: others, peakRss: end.peakRss, stateBytes: end.stateBytes }
}

const Round = z.object({
  integrate: z.number(),
  conclude: z.number(),
  decisions: z.number(),
  whole: z.number(),
})

/** What pure code does in a second, on one thread. */
export interface Pure {
  /** Windows integrated, of 20 samples each. */
  integrals: number
  /** Rules judged: integrated, proposed, combined, clamped, and all that is planned. */
  judgements: number
  decisions: number
}

export async function runPure(config: string, rounds: number, rules: number): Promise<Pure> {
  const all: z.output<typeof Round>[] = []
  await runNode([here('pure.ts'), config, String(rounds)], 'controller', (line) => {
    all.push(Round.parse(JSON.parse(line)))
  })
  // The first half warms the compiler up.
  const warm = all.slice(Math.floor(all.length / 2))
  const integrate = median(warm.map((round) => round.integrate))
  const conclude = median(warm.map((round) => round.conclude))
  const decisions = warm[0]?.decisions ?? 0
  if (warm.some(({ whole }) => whole !== decisions * rules))
    throw new Error('not every pure reading is whole')
  const perSecond = (count: number, ms: number): number => Math.round((1000 * count) / ms)
  return {
    integrals: perSecond(decisions * rules, integrate),
    judgements: perSecond(decisions * rules, integrate + conclude),
    decisions: perSecond(decisions, conclude),
  }
}

async function runNode(args: readonly string[], core: Core, onLine: (line: string) => void): Promise<void> {
  const child = await startChild([process.execPath, ...args], core, onLine)
  const code = await child.ended
  if (code !== 0) throw new Error(`it ended with ${code}: ${child.lastWords()}`)
}

/** Median and 95th percentile of something about ticks. */
export function spread(ticks: readonly TickWord[], of: (tick: TickWord) => number) {
  const values = ticks.map(of)
  return { median: median(values), p95: quantile(values, 0.95) }
}
