import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { beginFold } from '../../../controller/history/fold.ts'
import type { HistoryEntry } from '../../../controller/history/history.ts'
import { HistorySettings } from '../../../controller/history/index.ts'
import { formatLine, parseLine } from '../../../controller/history/line.ts'
import type { EntrySchema } from '../../../controller/history/schema.ts'
import { decisionAt } from '../../contract/history.ts'
import { realDisk } from '../../support/disk.ts'
import type { Identical } from '../../support/identical.ts'
import { tempFolder } from '../../support/process.ts'

// Does not compile when an entry gets a field that the schema does not know: it could not be read back.
const same: Identical<z.output<typeof EntrySchema>, HistoryEntry> = true

test('every history on disk is registered', async () => {
  const defined: string[] = []
  for (const name of await readdir('controller/history')) {
    if (!name.endsWith('.ts')) continue
    const text = await readFile(join('controller/history', name), 'utf8')
    if (/= defineHistory\(/.test(text)) defined.push(name.replace('.ts', ''))
  }
  const registered = HistorySettings.options.map(({ in: { shape } }) => shape.type.value)
  expect(registered.toSorted()).toEqual(defined.toSorted())
})

test('parsing the settings yields a history that opens', async () => {
  const dir = await tempFolder('history')
  for (const setting of [{ type: 'file', dir }, { type: 'memory' }]) {
    const outcome = await HistorySettings.parse(setting).open({ fs: realDisk().fs, now: () => 0 })
    expect(outcome).toMatchObject({ kind: 'open' })
  }
})

test('a decision with everything in it comes back from its line', () => {
  expect(same).toBe(true)
  const decision = decisionAt(0, {
    rules: [
      {
        name: 'cpu',
        strategy: 'integral',
        unit: '%',
        reading: 'partial',
        detail: 'two of three',
        load: 1.5,
        level: 0.5,
        coverage: 0.7,
        newest: 12,
        band: { above: 70, below: 30 },
        proposal: { kind: 'out', size: 4, why: 'hot' },
      },
      {
        ...{ name: 'lag', strategy: 'backlog', unit: '', reading: 'whole', band: {} },
        asides: { production: { kind: 'whole', amount: 9 }, partitions: { kind: 'missing', detail: 'gone' } },
        proposal: {
          ...{ kind: 'stay', why: 'full', alarm: 'full' },
          rate: { each: 310, from: 'measured', atLeast: true },
        },
      },
    ],
    clamps: [{ clamp: 'step', before: 5, after: 4, reason: 'step', why: 'by one', until: 99 }],
    overrides: [
      {
        ...{ id: 'o7', act: { kind: 'pin', workload: 'ingest', size: 4 }, by: 'anna', why: 'launch' },
        ...{ at: 5, until: 6, rewound: 1 },
      },
    ],
    scheduled: {
      floor: { size: 3, item: 'evening', until: 9, zone: 'UTC' },
      ceiling: { size: 5, item: 'thrift', until: 9, zone: 'UTC' },
      pin: { size: 4, item: 'sale', until: 9, zone: 'Europe/Moscow' },
      next: { at: 9, item: 'evening', what: 'ends' },
    },
    next: { out: 1, in: 2 },
    alarms: ['at max'],
  })
  const entry = beginFold('1.0-1', decision)
  expect(parseLine(formatLine(entry))).toEqual({ kind: 'entry', entry })
})

test('what an older version wrote of a backlog is read as one of the further readings', () => {
  const proposal = { kind: 'stay' as const, why: 'enough' }
  const rule = { name: 'events', strategy: 'target', unit: '', reading: 'whole' as const, band: {}, proposal }
  const entry = beginFold('1.0-1', decisionAt(0, { rules: [rule] }))
  const backlog = { kind: 'whole', amount: 60 }
  const old = { ...entry, decision: { ...entry.decision, rules: [{ ...rule, backlog }] } }
  const line = parseLine(JSON.stringify(old))
  const known = line.kind === 'entry' && line.entry.kind === 'decision' ? line.entry.decision.rules : []
  expect(known).toEqual([{ ...rule, asides: { backlog } }])
})
