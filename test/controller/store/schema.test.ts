import { expect, test } from 'vitest'
import type { z } from 'zod'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import { epochIn, formatSaved, parseSaved } from '../../../controller/store/saved.ts'
import type { Saved, StateSchema } from '../../../controller/store/schema.ts'
import type { Identical } from '../../support/identical.ts'

// Does not compile when a record gets a field that the schema does not know: the next start would refuse the file.
const same: Identical<z.output<typeof StateSchema>, StoreState> = true

const run = {
  command: ['node', 'main.ts'],
  image: 'registry/ingest:v1',
  env: { A: 'b' },
  slots: 1,
  probe: {
    target: { kind: 'http' as const, path: '/ready' },
    every: 5_000,
    timeout: 2_000,
    failures: 3,
    startWithin: 60_000,
  },
  drain: { path: '/drain', grace: 30_000 },
  version: 'v1',
}

const full: Saved = {
  version: 1,
  epoch: 12,
  revision: 34,
  state: {
    ...emptyState,
    counter: 7,
    lastAt: 1_764_000_000_000,
    intents: {
      'create-host:h1': {
        id: 'i1',
        kind: 'create-host',
        host: 'h1',
        pool: 'p',
        at: 1,
        doneAt: 2,
        attempts: 1,
        notBefore: 3,
        lastError: 'quota',
      },
    },
    hosts: {
      h1: {
        name: 'h1',
        pool: 'p',
        index: 0,
        zone: 'a',
        slots: 3,
        intent: 'i1',
        orderedAt: 1,
        confirmedAt: 2,
        runningAt: 3,
        seenAt: 3,
        missingSince: 9,
        emptySince: 9,
        keptSince: 9,
        closing: { since: 8, for: 'operator', why: 'ann drains it', waits: 'no room' },
        revision: 4,
        entries: [
          {
            id: 'ingest-1',
            workload: 'ingest',
            slots: [0],
            port: 8100,
            run,
            token: 't',
            placedAt: 1,
            readyAt: 2,
            unruledSince: 2,
            moving: { since: 2, why: 'its host is drained' },
            keptSince: 3,
            drain: { since: 3, why: 'in', unlistedAt: 3, askingSince: 4, askedAt: 4 },
          },
          {
            id: 'ingest-2',
            workload: 'ingest',
            slots: [1],
            port: 8101,
            run: { ...run, probe: { ...run.probe, target: { kind: 'tcp' } } },
            token: 't',
            placedAt: 1,
          },
        ],
        leaving: [{ id: 'ingest-0', workload: 'ingest', slots: [2], port: 8102, run, since: 5 }],
        deleting: { since: 9, why: 'empty' },
      },
    },
    workloads: { ingest: { size: 2, lastOut: 1, lastIn: 2, sizes: [{ at: 1, size: 2 }] } },
    pools: { p: { calm: 60_000 } },
    backoffs: { p: { until: 5, failures: 2, why: 'quota' } },
    lists: { ingest: { members: ['ingest-1'], writtenAt: 4 } },
    overrides: Object.fromEntries(
      (
        [
          { kind: 'pause', workload: 'ingest' },
          { kind: 'pin', workload: 'ingest', size: 2 },
          { kind: 'at-least', workload: 'ingest', size: 2 },
          { kind: 'at-most', workload: 'ingest', size: 2 },
          { kind: 'freeze', subject: 'h1' },
          { kind: 'hosts', pool: 'p', hosts: 2 },
          { kind: 'drain-host', host: 'h1' },
        ] as const
      ).map((act, i) => {
        const id = `o${i}`
        return [id, { id, act, by: 'anna', why: 'launch', at: 5, until: 6, rewound: 1 }]
      }),
    ),
  },
}

test('a state with everything in it comes back as it was', () => {
  expect(same).toBe(true)
  expect(parseSaved(formatSaved(full))).toEqual({ kind: 'saved', saved: full })
})

test('the epoch is found in the head of the file', () => {
  expect(epochIn(formatSaved(full))).toBe(12)
  expect(epochIn('{"revision": 3, "epoch": 12}')).toBeUndefined()
  expect(epochIn('')).toBeUndefined()
})

test('every problem is named with its place', () => {
  const text = formatSaved(full)
    .replace('"port": 8100', '"port": "8100"')
    .replace('"index": 0', '"index": -1')
    .replace('"size": 2,', '"size": 2, "hue": 3,')
  const parsed = parseSaved(text)
  expect(parsed.kind).toBe('broken')
  expect(parsed).toHaveProperty('problems', [
    expect.stringMatching(/^state\.hosts\.h1\.index: /),
    expect.stringMatching(/^state\.hosts\.h1\.entries\.0\.port: /),
    'state.workloads.ingest: Unrecognized key: "hue"',
  ])
})
