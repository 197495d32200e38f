import { expect, test } from 'vitest'
import { CELLS, holdCell } from '../../../bench/ingest/cells.ts'
import { turnsOf } from '../../../bench/ingest/rounds.ts'

const cell = { ...holdCell(1), contenders: ['gateway acks=1', 'reference acks=1'] as const }

test('contenders take turns, and the first of one round is the last of the next', () => {
  const turns = turnsOf([cell], 3, () => true)
  expect(turns.map(({ round, contender }) => `${round} ${contender}`)).toEqual([
    '0 gateway acks=1',
    '0 reference acks=1',
    '1 reference acks=1',
    '1 gateway acks=1',
    '2 gateway acks=1',
    '2 reference acks=1',
  ])
})

test('who is not there is left out, and the others are measured', () => {
  const turns = turnsOf([cell], 2, (contender) => contender !== 'reference acks=1')
  expect(turns.map(({ contender }) => contender)).toEqual(['gateway acks=1', 'gateway acks=1'])
})

test('names of cells differ, so that what --only takes means something', () => {
  expect(new Set(CELLS.map(({ name }) => name)).size).toBe(CELLS.length)
})
