import { expect, test } from 'vitest'
import { createLagBook } from '../../../ingest/consumer/lag-book.ts'

test('lag is the end less what was committed, of owned partitions of which both are known', () => {
  const book = createLagBook()
  book.assign([2, 0, 1])
  expect(book.lags()).toEqual([])
  for (const partition of [0, 1, 2, 3]) book.end(partition, 100)
  book.committed(0, 40)
  book.committed(2, 100)
  book.committed(3, 5)
  expect(book.unknown()).toEqual([1])
  expect(book.lags()).toEqual([
    { partition: 0, lag: 60 },
    { partition: 2, lag: 0 },
  ])
})

test('neither position goes back, and lag is never below zero', () => {
  const book = createLagBook()
  book.assign([0])
  book.end(0, 10)
  book.committed(0, 12)
  book.end(0, 9)
  book.committed(0, 11)
  expect(book.lags()).toEqual([{ partition: 0, lag: 0 }])
})

test('partitions that are no longer owned are gone, and what was committed is asked for anew', () => {
  const book = createLagBook()
  book.assign([0, 1])
  for (const partition of [0, 1]) {
    book.end(partition, 10)
    book.committed(partition, 1)
  }
  book.assign([1])
  expect([book.owned(), book.unknown(), book.lags()]).toEqual([[1], [1], []])
  book.committed(1, 7)
  expect(book.lags()).toEqual([{ partition: 1, lag: 3 }])
})
