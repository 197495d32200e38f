import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NotifierSettings } from '../../../controller/notifiers/index.ts'
import type { Condition, Notice } from '../../../controller/notifiers/notice.ts'
import type { Pending } from '../../../controller/notifiers/pending.ts'
import { pendingChanges } from '../../../controller/notifiers/pending-changes.ts'
import { createTracker } from '../../../controller/notifiers/standing.ts'
import { type Memory, readMemory, writeMemory } from '../../../controller/notifiers/told.ts'

const { common } = NotifierSettings.parse({ type: 'webhook', url: 'http://127.0.0.1:1' })

const condition = (key: number): Condition => ({
  ...{
    key: `k${key}`,
    event: 'alarm',
    kind: 'hot',
    severity: 'critical',
    subject: { workload: 'w' },
    text: 'hot',
  },
})

/** What somebody believes who hears every message that arrives. A message that makes no sense to him throws. */
function listener() {
  const firing = new Set<string>()
  return {
    firing,
    hear(notices: readonly Notice[]): void {
      for (const notice of notices) {
        if (notice.status === 'happened') continue
        const { key } = notice
        const isKnown = firing.has(key)
        if (notice.status === 'firing' && isKnown) throw new Error(`${key} is told twice`)
        if (notice.status === 'over' && isKnown === (notice.unheard === true))
          throw new Error(`${key} is over, and was not told`)
        if (notice.status === 'firing') firing.add(key)
        else firing.delete(key)
      }
    },
  }
}

/** What happens to a desk: what lasts is seen, a message is tried and arrives or does not, its answer comes, the controller starts again. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('seen' as const), keys: fc.uniqueArray(fc.nat(3)) }),
  fc.record({ kind: fc.constant('sent' as const), arrives: fc.boolean() }),
  fc.record({ kind: fc.constant('answered' as const) }),
  fc.record({ kind: fc.constant('restart' as const) }),
)

test('whatever comes, goes, fails and restarts, and in whatever order: nothing is told twice, and in the end all is known', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { firing, hear } = listener()
      let tracker = createTracker([])
      let pending: Pending = pendingChanges(common, undefined)
      let now = 0
      let last: number[] = []
      const see = (keys: readonly number[]): void => {
        const over = tracker.look(keys.map(condition), now, 0, true)
        pending.take({ standing: tracker.standing(now), over, happened: [] }, now)
        last = [...keys]
      }
      let underWay: readonly Notice[] | undefined
      const answered = (): void => {
        if (underWay !== undefined) pending.settle(underWay, now, 'told')
        underWay = undefined
      }
      const send = (): void => {
        answered()
        underWay = pending.due(now)
        hear(underWay)
      }
      const restart = (): void => {
        answered()
        const kept: Memory = { standing: tracker.all(), outlets: { ops: pending.memory() } }
        const { memory } = readMemory(writeMemory(kept))
        tracker = createTracker(memory.standing)
        pending = pendingChanges(common, undefined, memory.outlets['ops'])
      }
      for (const one of steps) {
        now += 1_000
        if (one.kind === 'seen') see(one.keys)
        else if (one.kind === 'restart') restart()
        else if (one.kind === 'answered') answered()
        else if (one.arrives) send()
      }
      answered()
      see(last)
      send()
      answered()
      expect([...firing].toSorted()).toEqual(last.map((key) => `k${key}`).toSorted())
      expect(pending.due(now)).toEqual([])
    }),
    { numRuns: 300 },
  )
})
