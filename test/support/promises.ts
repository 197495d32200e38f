import { handBeatsMachine, levelScales, missingIsNeverZero, onlyByIntegral, waits } from './checks-of-load.ts'
import { boundedChange, saysWhy, startingCounts, withinMinMax } from './checks-of-size.ts'
import { type Ledger, newLedger, noteSize } from './ledger.ts'
import { type Check, type Moment, passage } from './passage.ts'

export interface Judge {
  /** What in this tick was not as promised, in words. */
  judge(moment: Moment): string[]
}

/** Promises 1 to 4, 6, 10 and 11, judged from outside, by its own memory and its own arithmetic. */
export function createJudge(): Judge {
  const ledgers = new Map<string, Ledger>()
  return {
    judge(moment) {
      const found: string[] = []
      for (const policy of moment.policies) {
        const ledger = ledgers.get(policy.workload) ?? newLedger()
        ledgers.set(policy.workload, ledger)
        const one = passage(moment, policy, ledger)
        if (one === undefined) found.push(`${policy.workload} has no decision`)
        else
          for (const [promise, check] of checks)
            found.push(...check(one).map((what) => `${promise}: ${what}`))
        if (one === undefined) continue
        ledger.ready.push({ at: moment.now, ready: one.census.ready })
        if (!moment.isBlind) noteSize(ledger, moment.now, one.size)
      }
      return found
    },
  }
}

const checks: readonly (readonly [string, Check])[] = [
  ['promise 1', missingIsNeverZero],
  ['promise 2', onlyByIntegral],
  ['promise 2', waits],
  ['promise 2', levelScales],
  ['promise 3', withinMinMax],
  ['promise 4', boundedChange],
  ['promise 6', startingCounts],
  ['promise 10', saysWhy],
  ['promise 11', handBeatsMachine],
]
