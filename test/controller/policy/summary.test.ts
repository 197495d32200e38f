import { expect, test } from 'vitest'
import type { Policy } from '../../../controller/decision/policy.ts'
import { loadPolicies } from '../../../controller/policy/load.ts'
import { describePool, describeWorkload } from '../../../controller/policy/summary.ts'
import { filesOf, local, sound, soundBut, world } from './support.ts'

function policyOf(text: string): Policy {
  const outcome = loadPolicies('/p', world, filesOf({ '/p/a.yaml': text }))
  if (outcome.kind === 'refused') throw new Error(JSON.stringify(outcome.problems))
  const [policy] = outcome.policies
  if (policy === undefined) throw new Error('no policy')
  return policy
}

const versioned = soundBut('slots: 1', 'version: v1')

test('a workload says in words what it will do', () => {
  const two = versioned.replace(
    'out:\n',
    `  - name: events
    source: main
    query: sum(rate(events_total[1m]))
    per: workload
    window: 90s
    integral: { above: 250, below: 0.5 }
out:\n`,
  )
  expect(describeWorkload(policyOf(two))).toEqual([
    'ingest: 2..6 on pool local',
    'out by 1 when cpu > 70 % (5m mean) or events > 250 (1m30s mean); 1m after any change; at most 4 or 200 % in an hour',
    'in by 1 when cpu < 30 % (5m mean) and events < 0.5 (1m30s mean); 5m after any change, 10m after an out; at most 1 or 50 % in an hour',
    `runs node ingest.ts --port \${port} (version v1); ready when GET /ready answers 200, within 5m; drained by POST /drain, within 30s`,
  ])
})

test('what is unusual about a workload is said too', () => {
  const odd = versioned
    .replace('size:', 'priority: 5\nsize:')
    .replace('version: v1', 'version: v1\n  slots: 2')
    .replace('http: /ready', 'tcp: true')
    .replace('{ http: /drain, grace: 30s }', '{ grace: 5s }')
    .replace(/ {4}source.*?\nout/s, '    fixed: { size: 3 }\nout')
  const [first, out, , run] = describeWorkload(policyOf(odd))
  expect(first).toBe('ingest: 2..6 on pool local, 2 slots each, priority 5')
  expect(out).toMatch(/^out by 1 when cpu is fixed at 3;/)
  expect(run).toMatch(/ready when its port is open, within 5m; drained by SIGTERM, within 5s$/)
})

test('steps by percent, bands, targets, vetoes and floors are said as they are meant', () => {
  const rich = versioned
    .replace('step: 1\nin: { step: 1', 'step: 50%\nin: { step: 25%')
    .replace('integral: { above: 70, below: 30 }', 'integral: { step: 1, bands: [{ above: 90, step: 25% }] }')
    .replace(
      'out:\n',
      `  - name: events
    source: main
    query: sum(rate(events_total[1m]))
    per: workload
    target: { level: 60 }
    onMissing: { floor: 4 }
  - { name: database, source: main, query: threads, window: 1m, veto: { out: { above: 200 } } }
out:
`,
    )
  expect(describeWorkload(policyOf(rich)).slice(1, 5)).toEqual([
    'out by at most 50 % of its size when cpu > 70 % (5m mean) by 1, > 90 % by 25 % or events needs more at 60 each (1m mean); 1m after any change; at most 4 or 200 % in an hour',
    'in by at most 25 % of its size when cpu < 30 % (5m mean) by 1 and events needed fewer at 60 each (peak of 10m); 5m after any change, 10m after an out; at most 1 or 50 % in an hour',
    'never out while database > 200 (1m mean)',
    'at least 4 when events has been missing for 1m',
  ])
})

test('a min of 0 says what wakes the workload, or that nothing does', () => {
  const zero = versioned.replace('min: 2', 'min: 0')
  expect(describeWorkload(policyOf(zero))[3]).toBe(
    'its last instance stays, and nothing wakes it from 0, where it begins: no rule has activate',
  )
  const total = zero.replace('unit: cores', 'per: workload').replace(/integral: .*/, 'target: { level: 60 }')
  expect(describeWorkload(policyOf(total))[3]).toBe('its last instance stays: no rule has activate')
  const woken = zero.replace(
    'out:\n',
    '  - { name: queue, source: main, query: depth, activate: {} }\nout:\n',
  )
  expect(describeWorkload(policyOf(woken))[3]).toBe(
    'woken from 0 to 1 when queue > 0; back to 0 when none of that is so and nothing else needs it',
  )
})

test('a workload without rules stays at its min', () => {
  const bare = versioned.replace(/rules:.*?\nout/s, 'out')
  expect(describeWorkload(policyOf(bare))[1]).toBe('stays at its min: it has no rules')
})

test('a pool says what it can hold and what is wanted of it', () => {
  const policy = policyOf(sound)
  expect(describePool(local, [policy])).toEqual([
    'pool local: 1..4 hosts of provider process, 3 slots each (0.667 of 2 cores)',
    '12 slots at most: the minima take 2, the maxima 6; ports 8100 to 8111',
  ])
  const greedy = { ...policy, size: { min: 2, max: 13 } }
  expect(describePool({ ...local, spareSlots: 2, sharedAddress: false }, [greedy]).slice(1)).toEqual([
    '12 slots at most, 2 kept free: the minima take 2, the maxima 13; ports 8100 to 8102',
    'not all maxima fit at once: slots then go by priority',
  ])
  expect(describePool(local, [{ ...policy, pool: 'edge' }]).at(-1)).toBe('no workload uses it')
})

test.for([
  {
    name: 'a price says what it comes to',
    given: { pricePerHour: 3.1 },
    lines: ['costs 6.20 with 2 hosts at least, 12.40 with 4 hosts at most, an hour'],
  },
  {
    name: 'a bound says how many hosts that is',
    given: { pricePerHour: 3.1, maxCostPerHour: 10 },
    lines: [
      'costs 6.20 with 2 hosts at least, 9.30 with 3 hosts at most, an hour: maxCostPerHour 10 allows 3 hosts at 3.1 an hour',
    ],
  },
  {
    name: 'a bound that the minima do not keep is told',
    given: { pricePerHour: 3.1, maxCostPerHour: 5 },
    lines: [
      'costs 6.20 with 2 hosts at least, 6.20 with 2 hosts at most, an hour',
      'warning: the minima take 2 hosts, though maxCostPerHour 5 allows 1 host at 3.1 an hour: the minima win, and nothing grows beyond them',
    ],
  },
  {
    name: 'so is one that hosts.min does not keep',
    given: { pricePerHour: 1, maxCostPerHour: 2.5, hosts: { min: 3, max: 4 } },
    lines: [
      'costs 3.00 with 3 hosts at least, 3.00 with 3 hosts at most, an hour',
      'warning: the minima take 3 hosts, though maxCostPerHour 2.5 allows 2 hosts at 1 an hour: the minima win, and nothing grows beyond them',
    ],
  },
  { name: 'a pool without a price says nothing of money', given: {}, lines: [] },
])('$name', ({ given, lines }) => {
  expect(describePool({ ...local, ...given }, [policyOf(sound)]).slice(2)).toEqual(lines)
})
