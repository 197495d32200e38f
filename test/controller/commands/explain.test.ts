import { expect, test } from 'vitest'
import { explain } from '../../../controller/commands/explain.ts'
import type { History } from '../../../controller/history/history.ts'
import { decisionAt, EIGHT, outcomeAt } from '../../contract/history.ts'
import { pastPlace } from './past-place.ts'

/** 08:30:00. */
const NOW = EIGHT + 1_800_000

const cpuAt = (seconds: number, level: number, instances = 3) =>
  decisionAt(seconds, {
    sentence: `ingest stays at ${instances}: cpu ${level} % is inside 30 to 70 % (5m mean)`,
    size: instances,
    granted: instances,
    wanted: instances,
    counts: { ...decisionAt(0).counts, ready: instances },
    rules: [
      {
        ...{ name: 'cpu', strategy: 'integral', unit: '%', reading: 'whole' },
        ...{ load: level * instances, level, coverage: 0.95, newest: EIGHT + seconds * 1000 - 20_000 },
        band: { above: 70, below: 30 },
        proposal: { kind: 'stay', why: `${level} % is inside 30 to 70 % (5m mean)` },
      },
    ],
  })

/** Out at 08:10, with a wait after it; inside the band otherwise. */
async function tell(history: History): Promise<void> {
  for (let seconds = 0; seconds < 600; seconds += 15) {
    history.decided(cpuAt(seconds, 40 + seconds / 20))
    if (seconds % 60 === 0) await history.flush()
  }
  const out = cpuAt(600, 70.5)
  history.decided({
    ...out,
    ...{
      wanted: 5,
      granted: 4,
      reason: 'out-by-rule',
      sentence: 'ingest 3 -> 4: cpu 70.5 % over 70 % (5m mean)',
    },
    clamps: [
      { clamp: 'step', before: 5, after: 4, reason: 'step', why: 'out.step is 1', until: EIGHT + 660_000 },
    ],
    next: { out: EIGHT + 660_000, in: EIGHT + 1_200_000 },
    alarms: ['it is warm'],
  })
  history.happened(
    outcomeAt(600, { workload: 'ingest', step: 'place', subject: 'ingest-7', sentence: 'a slot was free' }),
  )
  history.happened(
    outcomeAt(601, { workload: 'consumer', step: 'place', subject: 'consumer-7', sentence: 'likewise' }),
  )
  for (let seconds = 615; seconds < 1_800; seconds += 15) {
    const next = { in: EIGHT + 1_200_000 }
    history.decided({ ...cpuAt(seconds, 52.5, 4), next: seconds < 1_200 ? next : {} })
  }
}

const place = pastPlace(NOW, tell)

test('it tells the decision of a time with every number, clamp, step and what the next step takes', async () => {
  const { run } = await place
  const { code, written, complaints } = await run(explain, 'ingest', '--at', '08:10')
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] })
  const [text = '', chart = ''] = written.split('\n\nFrom ')
  expect(text).toBe(`ingest at 2026-11-22 08:10:00 (UTC)
  ingest 3 -> 4: cpu 70.5 % over 70 % (5m mean)
  reason out-by-rule; decided once, at 08:10:00
  size 4 of 2..12 (ready 3)

Rules
  cpu (integral; band: in below 30 %, out above 70 %)
    reading whole, level 70.5 %, load 212 %, coverage 95 %, newest sample 20s old
    stay: 70.5 % is inside 30 to 70 % (5m mean)
  together they ask for 5, from 3

Clamps
  step  5 -> 4  out.step is 1 (until 08:11:00)
  granted: 4

Next step
  out when cpu is above 70 % (now 52.9 %: 33 % more load), and not before 08:11:00 (step)
  in when cpu is below 30 % (now 52.9 %: 44 % less load), and not before 08:20:00 (in.hold)

Alarms
  ! it is warm

Steps around that time
  08:10:00 place ingest-7 started: a slot was free`)
  expect(chart).toMatch(/^2026-11-22 07:10:00 to 2026-11-22 08:10:00 \(UTC\)\n\ncpu: level in %/)
  expect(chart).toMatch(/\n +4 \| +░\n/)
})

test('in a run it tells how long it has been so, and the numbers of the very tick beside those that were written', async () => {
  const { run } = await place
  const { written } = await run(explain, 'ingest', '--at=08:05:07')
  expect(written).toContain('reason inside-band; so from 08:00:00 to 08:06:00, 6m, 25 ticks')
  expect(written).toContain('Rules, as written at 08:06:00\n')
  expect(written).toContain('while it was so: level 40 to 58 %, load 120 to 174 %, coverage 95 %')
  expect(written).toContain('at 08:05:00: level 55 %, load 165 %, coverage 95 %')
})

test('without a time it is the newest decision, and the chart shows what was before it', async () => {
  const { run } = await place
  const { written } = await run(explain, 'ingest', '--span', '15m', '--width', '60')
  expect(written).toMatch(/^ingest at 2026-11-22 08:29:45 \(UTC\)\n/)
  expect(written).toContain('From 2026-11-22 08:14:45 to 2026-11-22 08:29:45 (UTC)')
  expect(written).toContain('in when cpu is below 30 % (now 52.5 %: 43 % less load)')
})

test('--json has all of it', async () => {
  const { run } = await place
  const { written } = await run(explain, 'ingest', '--at', '-20m', '--json')
  expect(JSON.parse(written)).toMatchObject({
    workload: 'ingest',
    at: EIGHT + 600_000,
    zone: 'UTC',
    run: { first: EIGHT + 600_000, count: 1 },
    decision: { granted: 4, clamps: [{ clamp: 'step' }] },
    next: {
      out: { conditions: [{ rule: 'cpu', kind: 'bound', bound: 70 }] },
      in: { notBefore: { why: 'in.hold' } },
    },
    outcomes: [{ subject: 'ingest-7' }],
    chart: { ticks: expect.any(Array) },
    notes: [],
  })
})

test('a silence before the time is told', async () => {
  const silent = await pastPlace(EIGHT + 7_200_000, tell)
  const { written } = await silent.run(explain, 'ingest', '--at', '09:00')
  expect(written).toContain(
    '! nothing was decided in the 30 minutes before that time: this is the last decision of before',
  )
})

test.for([
  {
    name: 'an unknown workload',
    argv: ['ingst'],
    code: 1,
    says: 'there is no workload "ingst"; did you mean "ingest"?',
  },
  {
    name: 'a time before everything',
    argv: ['ingest', '--at', '2026-11-22 07:00'],
    code: 1,
    says: 'nothing is written down of ingest up to 2026-11-22 07:00:00 (UTC)',
  },
  { name: 'no workload', argv: [], code: 2, says: 'which workload? capuchin explain WORKLOAD' },
  { name: 'two workloads', argv: ['a', 'b'], code: 2, says: 'one workload at a time, not also b' },
  {
    name: 'a wrong time',
    argv: ['ingest', '--at', 'noon'],
    code: 2,
    says: '--at: "noon" is no time: say 14:02',
  },
  {
    name: 'a time to come',
    argv: ['ingest', '--at', '2026-11-23'],
    code: 2,
    says: '--at: 2026-11-23 00:00:00 is still to come: it is 2026-11-22 08:30:00',
  },
  {
    name: 'a wrong span',
    argv: ['ingest', '--span', '9d'],
    code: 2,
    says: '--span has to be a duration from 1m to 3d',
  },
  {
    name: 'a wrong width',
    argv: ['ingest', '--width', 'wide'],
    code: 2,
    says: '--width has to be a number of columns',
  },
])('$name is refused with the reason', async ({ argv, code, says }) => {
  const { run } = await place
  const outcome = await run(explain, ...argv)
  expect(outcome).toMatchObject({ code, written: '' })
  expect(outcome.complaints[0]).toContain(`capuchin explain: ${says}`)
})

test('with --json a refusal is JSON too', async () => {
  const { run } = await place
  const { written, complaints } = await run(explain, 'ingst', '--json')
  expect(complaints).toEqual([])
  expect(JSON.parse(written)).toEqual({ ok: false, detail: expect.stringContaining('did you mean') })
})
