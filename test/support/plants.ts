import { type Guards, guards } from '../../controller/decision/conclude.ts'
import type { Question, Reading, Sample } from '../../controller/decision/reading.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import type { Plant } from './trial.ts'

/** The judgement with some of its clamps left out. */
function without(...names: string[]): Guards {
  const clamps = guards.clamps.filter(({ name }) => !names.includes(name))
  return { ...guards, clamps }
}

type Answer = Exclude<Reading, { kind: 'missing' }>

const onSamples =
  (change: (reading: Answer, question: Question) => Reading) =>
  (reading: Reading, question: Question): Reading =>
    reading.kind === 'missing' ? reading : change(reading, question)

/** Does not grow, whatever it is asked. */
const lazy: Guards = {
  ...guards,
  clamps: [
    ...guards.clamps,
    {
      name: 'lazy',
      apply(size, { record, policy }) {
        if (size <= Math.max(record.size, policy.size.min)) return undefined
        return { size: record.size, reason: 'at-max', why: 'it is too much trouble' }
      },
    },
  ],
}

/** Mistakes that others have made, with the promise that each of them breaks. */
export const plants: readonly { name: string; promise: number; plant: Plant }[] = [
  { name: 'the guard of missing readings is left out', promise: 1, plant: { judgement: without('missing') } },
  { name: 'missing is taken for zero', promise: 1, plant: { read: zeroes } },
  {
    name: 'a part of an answer is taken for the whole',
    promise: 1,
    plant: { read: onSamples((reading) => ({ ...reading, kind: 'samples' })) },
  },
  { name: 'holes are bridged with the last value', promise: 1, plant: { read: onSamples(bridged) } },
  {
    name: 'the newest sample counts instead of the integral',
    promise: 2,
    plant: { read: onSamples(newest) },
  },
  { name: 'out.wait is left out', promise: 2, plant: { judgement: without('out.wait') } },
  { name: 'in.wait is left out', promise: 2, plant: { judgement: without('in.wait') } },
  { name: 'in.hold is left out', promise: 2, plant: { judgement: without('in.hold') } },
  { name: 'a restart forgets when the last changes were', promise: 2, plant: { wrap: forgetful } },
  { name: 'it never goes out', promise: 2, plant: { judgement: lazy } },
  { name: 'min and max are left out', promise: 3, plant: { judgement: without('min/max') } },
  {
    name: 'it is at max and says nothing',
    promise: 3,
    plant: { told: (decisions) => decisions.map((one) => ({ ...one, alarms: [] })) },
  },
  {
    name: 'a rule that nobody has asked is told',
    promise: 10,
    plant: {
      told: (decisions) =>
        decisions.map((one) => ({ ...one, sentence: one.sentence.replace(/\d+/, String(Number.NaN)) })),
    },
  },
  { name: 'the step is left out', promise: 4, plant: { judgement: without('step') } },
  { name: 'the share of a tick is left out', promise: 4, plant: { judgement: without('share') } },
  { name: 'the hourly rate is left out', promise: 4, plant: { judgement: without('rate') } },
  {
    name: 'all that is too much drains at once',
    promise: 4,
    plant: { judgement: { ...guards, mostAtOnce: () => Number.POSITIVE_INFINITY } },
  },
  {
    name: 'who is not sure who is dead takes away all the same',
    promise: 4,
    plant: { judgement: { ...without('distrust'), isFirm: () => false } },
  },
  {
    name: 'what starts does not count',
    promise: 6,
    plant: { judgement: { ...guards, counted: ({ ready }) => ready } },
  },
  {
    name: 'what drains still counts',
    promise: 6,
    plant: {
      judgement: {
        ...guards,
        counted: (counts, ...rest) => guards.counted(counts, ...rest) + counts.draining,
      },
    },
  },
]

function zeroes(reading: Reading, { to, step }: Question): Reading {
  if (reading.kind !== 'missing') return reading
  return { kind: 'samples', samples: gridOf(to, step, () => 0), step, seen: [] }
}

function bridged(reading: Answer, { to, step }: Question): Reading {
  const [first] = reading.samples
  const at = (t: number): Sample | undefined => reading.samples.findLast((one) => one.t <= t) ?? first
  const samples = gridOf(to, step, (t) => at(t)?.value ?? 0).map((one) => ({ ...at(one.t), ...one }))
  return first === undefined ? reading : { ...reading, samples }
}

function newest(reading: Answer, { to, step }: Question): Reading {
  const last = reading.samples.at(-1)
  if (last === undefined) return reading
  return { ...reading, samples: gridOf(to, step, () => last.value).map((one) => ({ ...last, ...one })) }
}

/** More samples than any window here holds. */
const gridOf = (to: number, step: number, value: (t: number) => number): Sample[] =>
  Array.from({ length: 20 }, (_, i) => to - (19 - i) * step).map((t) => ({ t, value: value(t) }))

function forgetful(deps: Deps): Deps {
  const { store } = deps
  return {
    ...deps,
    store: {
      ...store,
      async load() {
        const { revision, state } = await store.load()
        return { revision, state: withoutTimes(state) }
      },
    },
  }
}

function withoutTimes(state: StoreState): StoreState {
  const workloads = Object.entries(state.workloads).map(
    ([name, { size, sizes }]) => [name, { size, sizes }] as const,
  )
  return { ...state, workloads: Object.fromEntries(workloads) }
}
