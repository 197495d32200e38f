import { describe, expect, test } from 'vitest'
import { guards } from '../../../controller/decision/conclude.ts'
import { known, mutants } from './mutants.ts'
import { examples } from './mutation-examples.ts'

test('every guard is in this test', () => {
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
