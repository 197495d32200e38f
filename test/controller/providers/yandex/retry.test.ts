import { expect, test } from 'vitest'
import type { FailureCode } from '../../../../controller/providers/yandex/api.ts'
import { mostTries, pauseAfter } from '../../../../controller/providers/yandex/retry.ts'

test.each<[FailureCode]>([['quota'], ['capacity'], ['auth'], ['not-found'], ['exists'], ['invalid']])(
  'asking again would not change the answer "%s"',
  (code) => {
    expect(pauseAfter(1, code, () => 0)).toBeUndefined()
  },
)

test('pauses grow, and end after some tries', () => {
  const longest = (code: FailureCode) => [1, 2, 3, 4].map((tries) => pauseAfter(tries, code, () => 1))
  expect(longest('transient')).toEqual([400, 800, 1_600, undefined])
  expect(longest('limit')).toEqual([2_000, 4_000, 8_000, undefined])
  expect(mostTries).toBe(4)
})

test('those who failed together come back apart: between half and the whole of a pause', () => {
  expect(pauseAfter(1, 'limit', () => 0)).toBe(1_000)
  expect(pauseAfter(1, 'limit', () => 0.5)).toBe(1_500)
})
