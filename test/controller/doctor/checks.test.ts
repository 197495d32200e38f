import { describe, expect, test } from 'vitest'
import { makeChecks } from '../../../controller/doctor/checks.ts'
import { judgeNode } from '../../../controller/doctor/judge/node.ts'
import { type Remark, remarkLines, worstLast } from '../../../controller/doctor/remark.ts'
import { inShort } from './support.ts'

describe('checks', () => {
  const deps = (within: (ms: number) => AbortSignal) => ({
    within,
    stopped: new AbortController().signal,
    progress() {},
  })
  const ok: Remark = { level: 'ok', about: 'a', what: 'fine' }

  test('one that hangs or throws holds up no other, and all come in their order', async () => {
    const checks = [
      { about: 'hangs', within: 5_000, look: () => new Promise<never>(() => {}) },
      { about: 'throws', within: 1, look: () => Promise.reject(new Error('oh')) },
      { about: 'a', within: 1, look: async () => [ok] },
    ]
    const found = await makeChecks(
      checks,
      deps((ms) => (ms === 5_000 ? AbortSignal.abort() : new AbortController().signal)),
    )
    expect(inShort(found)).toEqual([
      'wrong: it was not found out within 5 s',
      'wrong: looking failed: oh',
      'ok: fine',
    ])
  })

  test('only so many are made at the same time', async () => {
    let under = 0
    let most = 0
    const look = async () => {
      most = Math.max(most, ++under)
      await new Promise((resolve) => setImmediate(resolve))
      under--
      return [ok]
    }
    const checks = Array.from({ length: 50 }, () => ({ about: 'x', within: 1, look }))
    expect(
      await makeChecks(
        checks,
        deps(() => new AbortController().signal),
      ),
    ).toHaveLength(50)
    expect(most).toBe(16)
  })

  test('the worst comes last, with what to do', () => {
    const wrong: Remark = { level: 'wrong', about: 'b', what: 'broken', remedy: 'mend it' }
    expect(worstLast([wrong, ok]).flatMap(remarkLines)).toEqual([
      'ok       a: fine',
      'WRONG    b: broken',
      '         to do: mend it',
    ])
  })

  test.for<[string, string]>([
    ['24.21.0', 'ok'],
    ['22.18.0', 'ok'],
    ['22.17.9', 'wrong'],
    ['20.19.0', 'wrong'],
  ])('Node %s is %s', ([version, level]) => {
    expect(judgeNode(version).level).toBe(level)
  })
})
