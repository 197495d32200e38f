import { describe, expect, test } from 'vitest'
import { play } from '../../../controller/simulate/play.ts'
import { failuresOf, outcomeOf, scenarioOf } from './support.ts'

/** Two instances until 5m, three from 6m on; the rule orders asks for the third one. */
const course = 'series: { orders: "150 x 5m, 240 x 10m", cpu: 50% }'

const played = play(scenarioOf(`${course}\nexpect: [{ size: 0.. }]`))

describe('an expectation that holds says nothing, and one that does not says what came instead', () => {
  test.each([
    ['{ at: 3m, size: 2 }', undefined],
    ['{ at: 3m, size: 3 }', '180s: expected size 3, but size 2'],
    ['{ to: 5m, size: 2 }', undefined],
    ['{ size: 2 }', '360s: expected size 2, but size 3'],
    ['{ size: 2..3 }', undefined],
    ['{ from: 7m, size: 3.. }', undefined],
    ['{ at: 15m, ready: 3, hosts: 2 }', undefined],
    ['{ at: 15m, ready: 2 }', '900s: expected ready 2, but ready 3'],
    ['{ at: 15m, hosts: 4 }', '900s: expected hosts 4, but hosts 2'],
    ['{ changes: 1 }', undefined],
    ['{ changes: 0 }', '360s: expected 0 changes of the size, but 1, to 3'],
    ['{ from: 7m, changes: 0 }', undefined],
    ['{ from: 7m, changes: 2.. }', '900s: expected at least 2 changes of the size, but 0'],
    ['{ reaches: 3 }', undefined],
    ['{ reaches: 5 }', '360s: expected size 5 at some time, but the nearest is 3'],
    ['{ reason: out-by-rule, rule: orders, says: over 100 }', undefined],
    [
      '{ to: 5m, reason: out-by-rule }',
      '300s: expected a decision with reason out-by-rule, but none; reasons are inside-band 21x',
    ],
    ['{ at: 3m, reason: out-by-rule }', '180s: expected reason out-by-rule, but inside-band'],
    ['{ reason: [out-by-rule, in-by-rule] }', undefined],
    ['{ rule: cpu }', expect.stringContaining('expected a decision with cpu asking for a change, but none')],
    [
      '{ reason: out-by-rule, rule: cpu }',
      expect.stringMatching(/^360s: expected a decision with reason out-by-rule, cpu asking/),
    ],
    ['{ says: mean }', undefined],
    ['{ says: MEAN }', undefined],
    ['{ says: nonsense }', expect.stringContaining('expected a decision with "nonsense" in its sentence')],
    ['{ alarm: none }', undefined],
    ['{ alarm: max }', expect.stringContaining('expected a decision with an alarm with "max"')],
    ['{ never: in-by-rule }', undefined],
    ['{ never: [in-by-rule, out-by-rule] }', '360s: expected never in-by-rule, out-by-rule, but out-by-rule'],
    ['{ to: 5m, only: inside-band }', undefined],
    ['{ only: [inside-band] }', '360s: expected only inside-band, but out-by-rule'],
  ])('%s', async (expectation, failure) => {
    const failures = failuresOf(scenarioOf(`${course}\nexpect: [${expectation}]`), await played)
    expect(failures).toEqual(failure === undefined ? [] : [failure])
  })

  test('an alarm where none is expected', async () => {
    const { failures } = await outcomeOf(
      'series: { orders: "150 x 5m, missing x 5m", cpu: 50% }\nexpect: [{ alarm: none }]',
    )
    expect(failures).toEqual([
      '300s: expected no alarm, but no reading for orders (no-data: the source has no data)',
    ])
  })

  test('a stretch between two ticks has nothing to be judged', async () => {
    const { failures } = await outcomeOf(`${course}\nexpect: [{ from: 61s, to: 62s, size: 2 }]`)
    expect(failures).toEqual(['61s: expected a tick in that time, but there is none'])
  })
})
