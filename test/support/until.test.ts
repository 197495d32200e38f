import { expect, test } from 'vitest'
import { until } from './until.ts'

test('answers what the check answered, once it is truthy', async () => {
  let looks = 0
  const answer = await until(() => (++looks < 3 ? undefined : `look ${looks}`), { within: 1_000, every: 1 })
  expect(answer).toBe('look 3')
})

test('a check that throws is not yet, as a server that still refuses connections', async () => {
  let looks = 0
  const check = () => {
    looks += 1
    if (looks < 3) throw new Error('refused')
    return true
  }
  expect(await until(check, { within: 1_000, every: 1 })).toBe(true)
})

test('gives up at the deadline, says what was awaited and keeps the last error', async () => {
  const check = () => {
    throw new Error('refused')
  }
  const waiting = until(check, { within: 20, every: 1, what: 'the port' })
  await expect(waiting).rejects.toThrow(
    'waited 20 ms for the port, in vain; the last look failed: Error: refused',
  )
})

test('gives up although the check itself never answers', async () => {
  const waiting = until(() => new Promise<boolean>(() => {}), { within: 20 })
  await expect(waiting).rejects.toThrow('waited 20 ms for the condition, in vain')
})
