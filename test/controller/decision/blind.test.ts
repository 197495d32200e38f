import { expect, test } from 'vitest'
import { missing } from '../../../controller/decision/reading.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, createWorld } from '../../support/world.ts'
import { aRule, MINUTE, SECOND } from './builders.ts'

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
