import { expect, test } from 'vitest'
import { createFailures } from '../../../ingest/consumer/failures.ts'

test('each part is told when it stops and when it starts to work; the sink is named first', () => {
  const told: string[] = []
  const failures = createFailures({
    failed: (part, why) => told.push(`${part}: ${why}`),
    recovered: (part) => told.push(`${part} recovered`),
  })
  failures.note('kafka', undefined)
  failures.note('kafka', 'refused')
  failures.note('kafka', 'still refused')
  expect(failures.first()).toBe('kafka: still refused')
  failures.note('sink', 'full')
  expect(failures.first()).toBe('sink: full')
  failures.note('sink', undefined)
  failures.note('kafka', undefined)
  expect(failures.first()).toBeUndefined()
  expect(told).toEqual(['kafka: refused', 'sink: full', 'sink recovered', 'kafka recovered'])
})
