import { describe, expect, test } from 'vitest'
import { type Guards, guards } from '../../../controller/decision/conclude.ts'
import { nothingFrozen } from '../../../controller/decision/freeze.ts'
import { examples } from './mutation-examples.ts'

type Named = readonly { name: string }[]
type ListOf = { [K in keyof Guards]: Guards[K] extends Named ? K : never }[keyof Guards]
type Single = Exclude<keyof Guards, ListOf>

/** The guards that are no lists, each as if nobody had thought of it. One that is new has to be here to compile. */
const leftOut: { [K in Single]: Guards[K] } = {
  mostAtOnce: () => Number.POSITIVE_INFINITY,
  isFirm: () => false,
  counted: ({ ready }) => ready,
  isDistrusted: () => false,
  isCollapse: () => false,
  isSettled: () => true,
  frozen: () => nothingFrozen,
  isRelieved: () => true,
  quarantine: (work) => work(),
}

interface Mutant {
  /** What is left out. */
  name: string
  judgement: Guards
  /** All others of its list left out as well, and with them the guard itself. */
  alone?: readonly [Guards, Guards]
}

const without = (list: ListOf, keeps: (name: string) => boolean): Guards => ({
  ...guards,
  [list]: guards[list].filter(({ name }) => keeps(name)),
})

const lists: readonly ListOf[] = ['clamps', 'shrinkClamps', 'calm', 'emptiable']

const mutants: readonly Mutant[] = [
  ...lists.flatMap((list) =>
    guards[list].map(({ name }) => ({
      name: `${list}: ${name}`,
      judgement: without(list, (other) => other !== name),
      alone: [without(list, (other) => other === name), without(list, () => false)] as const,
    })),
  ),
  ...Object.entries(leftOut).map(([name, guard]) => ({ name, judgement: { ...guards, [name]: guard } })),
]

test('every guard is in this test', () => {
  const known = new Set<string>([...lists, ...Object.keys(leftOut)])
  expect(Object.keys(guards).filter((name) => !known.has(name))).toEqual([])
})

test('every example is about a guard that there is', () => {
  const names = mutants.map(({ name }) => name)
  expect(examples.map(({ needs }) => needs).filter((needs) => !names.includes(needs))).toEqual([])
})

describe('with all guards', () => {
  test.for(examples.map((one) => [one.sentence, one] as const))('%s', ([, { outcome, expected }]) => {
    expect(outcome(guards)).toEqual(expected)
  })
})

describe('every guard is needed', () => {
  test.for(mutants.map((one) => [one.name, one] as const))('%s', ([name, { judgement, alone }]) => {
    const mine = examples.filter(({ needs }) => needs === name)
    expect(mine, `there is no example that needs ${name}`).not.toEqual([])
    for (const { outcome, expected, sentence } of mine) {
      expect(outcome(judgement), `without it: ${sentence}`).not.toEqual(expected)
      if (alone === undefined) continue
      const [guarded, bare] = alone
      expect(outcome(guarded), `it alone, the others being off: ${sentence}`).not.toEqual(outcome(bare))
    }
  })
})
