import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../controller/decision/decision.ts'
import type { PoolStatus, SlotStatus, Status } from '../../../controller/web/status.ts'
import { verdict } from '../../../controller/web/verdict.ts'

const NOW = 1_000_000
const counts = { ready: 2, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 }

const decision = (given: Partial<Decision> = {}): Decision => ({
  workload: 'ingest',
  pool: 'local',
  at: NOW,
  min: 2,
  max: 4,
  size: 2,
  wanted: 2,
  granted: 2,
  counts,
  reason: 'inside-band',
  sentence: 'ingest stays at 2',
  rules: [],
  clamps: [],
  next: {},
  alarms: [],
  ...given,
})

const poolWith = (...slots: SlotStatus[]): PoolStatus => ({
  pool: 'local',
  hosts: [{ host: 'h1', zone: 'a', state: 'running', slots }],
  slots: { total: 3, used: 1, free: 2 },
  hostsMin: 1,
  hostsMax: 2,
  spareSlots: 0,
})

const status = (given: Partial<Status> = {}): Status => ({
  controller: 'capuchin',
  epoch: 1,
  at: NOW - 4_000,
  tickEvery: 15_000,
  workloads: [decision()],
  pools: [],
  operations: 0,
  backoffs: {},
  overrides: [],
  ...given,
})

const figures = '| age=4s ingest=2;;2:;0;4'
const short = decision({ counts: { ...counts, ready: 1 } })

describe('one line and a code', () => {
  test.for<{ name: string; given: Partial<Status>; code: number; line: string }>([
    { name: 'all is well', given: {}, code: 0, line: `CAPUCHIN OK - 1 workload as it should be ${figures}` },
    {
      name: 'nothing to do is well',
      given: { workloads: [] },
      code: 0,
      line: 'CAPUCHIN OK - 0 workloads as they should be | age=4s',
    },
    {
      name: 'an alarm, in which a bar would begin the figures and a line break end the line',
      given: { workloads: [decision({ alarms: ['no reading for a|b:\nnone'] })] },
      code: 1,
      line: `CAPUCHIN WARNING - ingest: no reading for a/b: none ${figures}`,
    },
    {
      name: 'a pool that orders no hosts for a while',
      given: { backoffs: { edge: { failures: 1, until: NOW + 1, why: 'quota is used up' } } },
      code: 1,
      line: `CAPUCHIN WARNING - pool edge orders no hosts for now: quota is used up ${figures}`,
    },
    {
      name: 'a while that is over',
      given: { backoffs: { edge: { failures: 1, until: NOW, why: 'quota is used up' } } },
      code: 0,
      line: `CAPUCHIN OK - 1 workload as it should be ${figures}`,
    },
    {
      name: 'an alarm of a pool, though not twice that it orders no hosts',
      given: {
        pools: [
          {
            ...poolWith(),
            alarms: [
              { kind: 'paused', about: 'local', text: 'orders no hosts until 12:00 UTC: quota is used up' },
              { kind: 'zone', about: 'a', text: 'zone a takes no hosts' },
            ],
          },
        ],
        backoffs: { local: { failures: 1, until: NOW + 1, why: 'quota is used up' } },
      },
      code: 1,
      line: `CAPUCHIN WARNING - pool local orders no hosts for now: quota is used up; pool local: zone a takes no hosts ${figures}`,
    },
    {
      name: 'a pool that costs more than it may',
      given: { pools: [{ ...poolWith(), overspending: '4 hosts cost 12.40 an hour' }] },
      code: 1,
      line: `CAPUCHIN WARNING - pool local: 4 hosts cost 12.40 an hour ${figures}`,
    },
    {
      name: 'files on disk that are not in force',
      given: { notices: ['the policies on disk are refused'] },
      code: 1,
      line: `CAPUCHIN WARNING - the policies on disk are refused ${figures}`,
    },
    {
      name: 'fewer ready than the min, of which nothing is known',
      given: { workloads: [short] },
      code: 2,
      line: 'CAPUCHIN CRITICAL - ingest has 1 ready of min 2 | age=4s ingest=1;;2:;0;4',
    },
    {
      name: 'fewer ready than the min, with what is wrong',
      given: {
        workloads: [decision({ ...short, alarms: ['no reading for cpu'] })],
        pools: [
          poolWith(
            { state: 'free' },
            { state: 'ready', instance: 'ingest-1', workload: 'ingest', port: 1 },
            {
              state: 'dead',
              instance: 'other-1',
              workload: 'other',
              port: 2,
              trouble: 'of another workload',
            },
            { state: 'starting', instance: 'ingest-2', workload: 'ingest', port: 3, trouble: 'no program' },
          ),
        ],
      },
      code: 2,
      line: 'CAPUCHIN CRITICAL - ingest has 1 ready of min 2 (ingest-2 is starting: no program; no reading for cpu) | age=4s ingest=1;;2:;0;4',
    },
    {
      name: 'a loop that is silent for four ticks and half a minute, whatever it said last',
      given: { at: NOW - 91_000 },
      code: 2,
      line: 'CAPUCHIN CRITICAL - no tick for 1m31s | age=91s ingest=2;;2:;0;4',
    },
    {
      name: 'a loop that is silent for no longer than that',
      given: { at: NOW - 90_000 },
      code: 0,
      line: 'CAPUCHIN OK - 1 workload as it should be | age=90s ingest=2;;2:;0;4',
    },
  ])('$name', ({ given, code, line }) => {
    expect(verdict(status(given), NOW)).toMatchObject({ code, line })
  })
})
