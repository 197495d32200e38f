import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../../../ingest/consumer/sink.ts'
import { bisect, type Inserted } from '../../../../ingest/consumer/sinks/bisect.ts'
import { rowsFrom } from '../../../contract/consumer-sink.ts'

/** A store that refuses an insert whole when a bad row is in it, and fails from the `failsAt`-th insert on. */
const store = (bad: ReadonlySet<number>, failsAt = Number.POSITIVE_INFINITY) => {
  const stored: number[] = []
  let inserts = 0
  const insert = async (part: readonly Row[]): Promise<Inserted> => {
    inserts += 1
    if (inserts >= failsAt) return { kind: 'failed', why: 'gone' }
    const wrong = part.find(({ offset }) => bad.has(offset))
    if (wrong !== undefined) return { kind: 'row', why: `offset ${wrong.offset} is bad` }
    stored.push(...part.map(({ offset }) => offset))
    return { kind: 'stored' }
  }
  return { insert, stored, inserts: () => inserts }
}

test('wherever up to 32 bad rows are, those are refused with their reasons and all others stored, each once and in order', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300 }),
      fc.uniqueArray(fc.nat(299), { maxLength: 32 }),
      async (count, picked) => {
        const bad = picked.filter((index) => index < count).sort((a, b) => a - b)
        const { insert, stored } = store(new Set(bad))
        const written = await bisect(rowsFrom(0, count), insert)
        const refused = bad.map((index) => ({ index, why: `offset ${index} is bad` }))
        expect(written).toEqual(
          refused.length === 0 ? { kind: 'stored' } : { kind: 'refused', rows: refused },
        )
        expect(stored).toEqual([...Array(count).keys()].filter((index) => !bad.includes(index)))
      },
    ),
    { numRuns: 100 },
  ))

test('one bad row of 10,000 costs no more than 2 inserts a halving', async () => {
  const { insert, inserts } = store(new Set([6_789]))
  expect(await bisect(rowsFrom(0, 10_000), insert)).toMatchObject({
    kind: 'refused',
    rows: [{ index: 6_789 }],
  })
  expect(inserts()).toBeLessThanOrEqual(2 * 14 + 1)
})

test('when more than 32 rows are refused the table is to blame, and the batch fails with the reason', async () => {
  const { insert } = store(new Set(Array(33).keys()))
  expect(await bisect(rowsFrom(0, 100), insert)).toEqual({
    kind: 'failed',
    why: 'more than 32 of 100 rows are refused, so the table seems not to fit them: offset 32 is bad',
  })
})

test('a store that fails while the bad row is looked for fails the batch', async () => {
  const { insert } = store(new Set([1]), 3)
  expect(await bisect(rowsFrom(0, 100), insert)).toEqual({ kind: 'failed', why: 'gone' })
})
