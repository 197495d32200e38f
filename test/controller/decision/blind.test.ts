import { describe, expect, test } from 'vitest'
import { asleep, blindFloor } from '../../../controller/decision/blind.ts'
import type { MissingReason } from '../../../controller/decision/reading.ts'
import { missing } from '../../../controller/decision/reading.ts'
import type { Bearing } from '../../../controller/decision/rules.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, createWorld } from '../../support/world.ts'
import { aRule, MINUTE, NOW, aPolicy as plainPolicy, SECOND } from './builders.ts'

test('how long a rule has been missing outlives the controller, so its floor comes when it is due', async () => {
  let isBlind = false
  const rule = aRule({
    name: 'load',
    query: { source: 'main', text: 'load', interval: 15 * SECOND },
    onMissing: { floor: 4, after: 10 * MINUTE },
  })
  const world = createWorld({
    policies: [aPolicy('ingest', { rules: [rule] })],
    load: (question) => (isBlind ? missing('timeout', 'no answer') : values(() => 100)(question)),
  })
  const first = await world.start()
  await first.ticks(8)
  isBlind = true
  const [before] = await first.ticks(20)
  expect(before).toMatchObject({ granted: 2, reason: 'missing' })
  const second = await world.start()
  const [during] = await second.ticks(20)
  expect(during).toMatchObject({ granted: 2, reason: 'missing' })
  const [after] = await second.ticks(1)
  expect(after).toMatchObject({ granted: 3, reason: 'blind-floor' })
  expect(after?.sentence).toBe(
    'ingest 2 -> 3: load is missing for 10m, its floor while blind is 4 (held to 3: out.step is 1)',
  )
  const [floor] = await second.ticks(40)
  expect(floor).toMatchObject({ granted: 4, reason: 'missing' })
})

const bearing = (given: Partial<Bearing> = {}): Bearing => ({
  ...{ policy: plainPolicy(), record: { size: 0 }, counted: 0, now: NOW },
  ...given,
})

describe('a rule without a reading', () => {
  test.for<{ name: string; reason: MissingReason; given?: Partial<Bearing>; isAsleep: boolean }>([
    { name: 'sleeps with its workload', reason: 'no-data', isAsleep: true },
    { name: 'also while the last samples go stale', reason: 'stale', isAsleep: true },
    { name: 'and when nobody can tell how many are behind a mean', reason: 'no-instances', isAsleep: true },
    { name: 'but a source that does not answer is blindness', reason: 'timeout', isAsleep: false },
    { name: 'and so is a query that is refused', reason: 'bad-query', isAsleep: false },
    { name: 'or anything at a size', reason: 'no-data', given: { record: { size: 1 } }, isAsleep: false },
    { name: 'or while somebody is there', reason: 'no-data', given: { counted: 1 }, isAsleep: false },
  ])('$name', ({ reason, given, isAsleep }) => {
    const said = asleep(aRule(), reason, bearing(given))
    expect(said?.kind).toBe(isAsleep ? 'silent' : undefined)
  })

  test('that is a signal never sleeps', () => {
    expect(asleep(aRule({ activate: { above: 0, size: 1 } }), 'no-data', bearing())).toBeUndefined()
  })

  test('asks for no floor that it has, nor without one, nor before anything is remembered', () => {
    const floored = aRule({ onMissing: { floor: 4, after: MINUTE } })
    const missing = { load: NOW - MINUTE }
    expect(blindFloor(floored, bearing({ record: { size: 3, missing } }))?.size).toBe(4)
    expect(blindFloor(floored, bearing({ record: { size: 4, missing } }))).toBeUndefined()
    expect(blindFloor(aRule(), bearing({ record: { size: 3, missing } }))).toBeUndefined()
    expect(blindFloor(floored, bearing({ record: { size: 3 } }))).toBeUndefined()
    expect(
      blindFloor({ ...floored, name: 'constructor' }, bearing({ record: { size: 3, missing } })),
    ).toBeUndefined()
  })
})
