import { describe, expect, test } from 'vitest'
import { maySleep, signalOf, signalOnly, waking } from '../../../controller/decision/activate.ts'
import type { Rule } from '../../../controller/decision/policy.ts'
import type { Integral } from '../../../controller/decision/window.ts'
import { aPolicy, aRule, gone, NOW } from './builders.ts'

type Known = Exclude<Integral, { kind: 'missing' }>

const queue = (given: Partial<Rule> = {}): Rule =>
  aRule({ name: 'queue', activate: { above: 2, size: 1 }, ...given })
const known = (load: number, last?: number): Known => ({
  ...{ kind: 'whole', load, coverage: 1, newest: NOW },
  ...(last !== undefined && { last }),
})
const some = (load: number, last?: number): Known => ({
  ...known(load, last),
  kind: 'partial',
  detail: '1 of 2',
})

describe('a signal over 2', () => {
  test.for<{ name: string; reading: Known; says: string }>([
    { name: 'by its newest value, before the mean has noticed', reading: known(0.1, 3), says: 'calls' },
    { name: 'by its mean, after the newest has gone', reading: known(3, 0), says: 'calls' },
    { name: 'at its bound it is calm', reading: known(2, 2), says: 'calm' },
    {
      name: 'partial and over it all the same: there is at least so much',
      reading: some(0, 3),
      says: 'calls',
    },
    { name: 'partial and under it: nobody can tell', reading: some(0, 0), says: 'unknown' },
  ])('$name', ({ reading, says }) => {
    expect(signalOf(queue(), reading)).toBe(says)
  })

  test('a rule without one says nothing about sleep', () => {
    expect(signalOf(aRule(), known(9))).toBeUndefined()
  })
})

describe('the last instance may go', () => {
  const policy = aPolicy({ size: { min: 0, max: 4 }, rules: [queue(), aRule(), queue({ name: 'router' })] })
  test.for<{ name: string; integrals: (Integral | undefined)[]; min?: number; may: boolean }>([
    {
      name: 'when all signals are calm, whatever other rules read',
      integrals: [known(0), gone, known(1)],
      may: true,
    },
    { name: 'not when one calls', integrals: [known(0), known(0), known(3)], may: false },
    { name: 'not when one is missing', integrals: [known(0), known(0), gone], may: false },
    { name: 'not when one was not asked', integrals: [known(0), known(0), undefined], may: false },
    { name: 'not when one is partial', integrals: [known(0), known(0), some(0)], may: false },
    { name: 'not where it always runs', integrals: [known(0), known(0), known(0)], min: 1, may: false },
  ])('$name', ({ integrals, min = 0, may }) => {
    expect(maySleep({ ...policy, size: { min, max: 4 } }, integrals)).toBe(may)
  })

  test('not where nothing would wake it', () => {
    expect(maySleep({ ...policy, rules: [aRule()] }, [known(0)])).toBe(false)
  })
})

test('a signal alone asks for 0 when all is calm, and has no say otherwise', () => {
  const strategy = signalOnly({ above: 0, size: 1 })
  const seen = { load: 0, counted: 1, size: 1, min: 0, max: 4, outStep: 1, inStep: 1 }
  expect(strategy.propose({ ...seen, maySleep: true })).toEqual({
    kind: 'in',
    size: 0,
    why: '0 does not call for it',
  })
  expect(strategy.propose(seen)).toEqual({ kind: 'allow', why: '0 bears on sleep alone' })
  expect(strategy.missing?.('timeout')).toEqual({ kind: 'allow', why: 'is missing (timeout)' })
})

describe('a workload of size 0', () => {
  test.for([
    { name: 'is woken to the size of its signal', proposal: { kind: 'stay', why: '' } as const, size: 1 },
    {
      name: 'or to what its rule knows to need at once',
      proposal: { kind: 'out', size: 4, why: '' } as const,
      size: 4,
    },
  ])('$name', ({ proposal, size }) => {
    const said = waking(queue(), known(0, 7), 'calls', proposal)
    expect(said).toEqual({ kind: 'out', size, why: '7 over 2 wakes it' })
  })

  test('sleeps on, whatever its strategy would do', () => {
    const said = waking(queue(), known(2), 'calm', { kind: 'out', size: 4, why: '' })
    expect(said).toEqual({ kind: 'stay', why: '2 is not over 2, so it sleeps' })
  })
})
