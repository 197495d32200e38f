import { z } from 'zod'
import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import { span } from '../policy/duration.ts'
import { defineSource } from './define.ts'
import { gridOf, tidy } from './grid.ts'
import { settle } from './settle.ts'
import type { Source } from './source.ts'

/** Answers a question as a script says: the whole of a scripted source. It may throw or hang, as the real world does. */
export type Script = (question: Question) => Reading | Promise<Reading>

/** A source that answers as `script` says, for tests and the simulator. It holds the promises of a source whatever the script does. */
export function scripted(script: Script): Source {
  const closing = new AbortController()
  return {
    read(question, signal) {
      const ended = AbortSignal.any([signal, closing.signal])
      const work = async (): Promise<Reading> => lawful(await script(question), question)
      return settle(work, ended, 'the scripted source did not answer in time')
    },
    async close() {
      closing.abort()
    },
  }
}

function lawful(reading: Reading, question: Question): Reading {
  if (reading.kind === 'missing') return reading
  const samples = tidy(reading.samples, question)
  if (samples.length > 0) return { ...reading, samples }
  return missing('no-data', `the script has no sample for ${question.query} in the window`)
}

/** A value at each step of the question's window; undefined leaves a gap. `seen`: the ids of the instances behind every value. */
export function values(at: (t: number) => number | undefined, seen: readonly string[] = []) {
  return (question: Question): Reading => {
    const samples: Sample[] = []
    for (const t of gridOf(question)) {
      const value = at(t)
      if (value === undefined) continue
      samples.push({ t, value, ...(seen.length > 0 && { present: seen.length }) })
    }
    return { kind: 'samples', samples, step: question.step, seen }
  }
}

/** The same script with nothing in (from, to], epoch ms. */
export function withGap(script: Script, from: number, to: number): Script {
  return async (question) => {
    const reading = await script(question)
    if (reading.kind === 'missing') return reading
    return { ...reading, samples: reading.samples.filter(({ t }) => t <= from || t > to) }
  }
}

/** The same script with only `share` (0..1) of what was expected in it. */
export function withShare(script: Script, share: number, detail: string): Script {
  return async (question) => {
    const reading = await script(question)
    return reading.kind === 'samples' ? { ...reading, kind: 'partial', share, detail } : reading
  }
}

/** Replays samples ([epoch ms, value]) by query: the newest one of each step, and nothing where a step holds none. */
export function replay(series: Readonly<Record<string, readonly (readonly [number, number])[]>>): Script {
  return (question) => {
    const known = Object.hasOwn(series, question.query) ? series[question.query] : undefined
    if (known === undefined) return missing('no-data', `the script has no series named ${question.query}`)
    const newest = (t: number) => known.findLast(([at]) => at > t - question.step && at <= t)?.[1]
    return values(newest)(question)
  }
}

const ScriptedConfig = z.strictObject({
  type: z.literal('scripted').describe('answers what stands here, for trials'),
  interval: span.prefault('15s').describe('spacing of the samples'),
  series: z
    .record(z.string(), z.array(z.tuple([z.number(), z.number()])))
    .describe('by query: pairs of a time (epoch ms) and a value'),
})

/** Queries are names of series, so the only fault is a name that the script does not have, which reading tells. */
export const scriptedSource = defineSource(
  ScriptedConfig,
  () => [],
  ({ series }) => scripted(replay(series)),
)
