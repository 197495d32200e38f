import { expect, test } from 'vitest'
import { expectCounted, treatBadly } from './fuzz/drive.ts'
import { startGateway, storedEvents } from './gateway.ts'

test('10,000 bodies and mishaps: each has its status, the counters add up, and the gateway lives', async () => {
  const gateway = await startGateway({ args: ['--read-timeout', '4s'] })
  const tally = await treatBadly(gateway, { ordinary: 9_700, quick: 14, slow: 6 })
  await expectCounted(gateway, tally)
  expect((await storedEvents(gateway.dir)).length).toBe(tally.stored)
  expect(gateway.child.exit()).toBeUndefined()
})
