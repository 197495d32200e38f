import { describe, expect, test } from 'vitest'
import type { Override } from '../../../controller/decision/overrides.ts'
import { conditionsOf } from '../../../controller/notifiers/conditions.ts'
import { happeningsBetween } from '../../../controller/notifiers/happenings.ts'
import type { Condition } from '../../../controller/notifiers/notice.ts'
import { createTracker } from '../../../controller/notifiers/standing.ts'
import type { Status } from '../../../controller/web/status.ts'
import { alarmed, decision, host, MINUTE, NOW, pool, status } from './sights.ts'

const pin: Override = {
  ...{ id: 'o7', act: { kind: 'pin', workload: 'ingest', size: 3 }, by: 'anna', why: 'launch', at: NOW },
  until: NOW + 5 * MINUTE,
}

describe('what lasts', () => {
  test.for<[string, Partial<Status>, Partial<Condition>]>([
    [
      'a workload at max and hot',
      { workloads: [alarmed(['hot', 'at max (4) and still hot'])] },
      {
        key: 'workload ingest hot cpu',
        event: 'alarm',
        severity: 'critical',
        subject: { workload: 'ingest' },
      },
    ],
    [
      'a rule that is blind, which counts after a while',
      { workloads: [alarmed(['blind', 'no reading for cpu'])] },
      { kind: 'blind', severity: 'warning', after: MINUTE },
    ],
    [
      'a workload below its min, which counts after a while',
      { workloads: [decision({ min: 3 })] },
      {
        key: 'workload ingest below-min',
        severity: 'critical',
        text: 'has 2 ready of min 3',
        after: 2 * MINUTE,
      },
    ],
    [
      'a pool that cannot be seen',
      { pools: [pool({ alarms: [{ kind: 'blind', about: 'edge', text: 'cannot be seen' }] })] },
      { key: 'pool edge blind edge', severity: 'critical', subject: { pool: 'edge' } },
    ],
    ['a pool that costs too much', { pools: [pool({ overspending: 'too much' })] }, { kind: 'overspending' }],
    [
      'an override that is about to end, once',
      { overrides: [pin] },
      {
        kind: 'override-ending',
        subject: { workload: 'ingest' },
        once: true,
        text: expect.stringMatching(/ends in 5m/),
      },
    ],
    [
      'files that are not in force',
      { notices: ['policies are refused'] },
      { kind: 'files-refused', event: 'files' },
    ],
    [
      'a state that cannot be saved, once for all workloads',
      {
        workloads: [
          alarmed(['not-saved', 'disk full']),
          { ...alarmed(['not-saved', 'disk full']), workload: 'b' },
        ],
      },
      { key: 'controller unsaved', severity: 'critical' },
    ],
  ])('%s', ([, change, wanted]) => {
    expect(conditionsOf({ status: status(change), now: NOW })).toEqual([expect.objectContaining(wanted)])
  })

  test('a loop that is stuck is known without any status', () => {
    expect(conditionsOf({ now: NOW, illness: 'no tick has ended for 90 s' })).toEqual([
      expect.objectContaining({ key: 'controller stuck', severity: 'critical' }),
    ])
  })

  test('nothing is wrong, nothing lasts', () => {
    expect(conditionsOf({ status: status(), now: NOW })).toEqual([])
  })

  test('its key stays though the figures in its text change with each tick', () => {
    const keys = ['71', '72'].map((level) =>
      conditionsOf({ status: status({ workloads: [alarmed(['hot', `cpu ${level}`])] }), now: NOW }).map(
        ({ key }) => key,
      ),
    )
    expect(keys[0]).toEqual(keys[1])
  })
})

describe('what has happened between two ticks', () => {
  const later = (change: Partial<Status>): Status => status({ at: NOW + 15_000, ...change })
  test.for<[string, Status, Status, string[]]>([
    ['nothing', status(), later({}), []],
    ['a size that changed', status(), later({ workloads: [decision({ granted: 3 })] }), ['size-out']],
    ['a size that shrank', status(), later({ workloads: [decision({ granted: 1 })] }), ['size-in']],
    [
      'a host that was ordered',
      status(),
      later({ pools: [pool({ hosts: [host('edge-1')] })] }),
      ['host-ordered'],
    ],
    ['a host that is gone', status({ pools: [pool({ hosts: [host('edge-1')] })] }), later({}), ['host-gone']],
    [
      'a host that failed, once',
      status({ pools: [pool({ hosts: [host('edge-1'), host('edge-2', { state: 'failed' })] })] }),
      later({
        pools: [pool({ hosts: [host('edge-1', { state: 'stopped' }), host('edge-2', { state: 'failed' })] })],
      }),
      ['host-failed'],
    ],
    ['an override that was laid', status(), later({ overrides: [pin] }), ['override-laid']],
    ['an override that has ended', status({ overrides: [pin] }), later({}), ['override-ended']],
    ['the same tick, looked at again', status(), status({ workloads: [decision({ granted: 3 })] }), []],
  ])('%s', ([, before, after, kinds]) => {
    expect(happeningsBetween(before, after).map(({ kind }) => kind)).toEqual(kinds)
  })

  test('hosts that were there before the first look are no news', () => {
    expect(happeningsBetween(undefined, status({ pools: [pool({ hosts: [host('edge-1')] })] }))).toEqual([])
  })
})

describe('what lasts, over many looks', () => {
  const one: Condition = {
    ...{ key: 'k', event: 'alarm', kind: 'hot', severity: 'critical', subject: {}, text: 'hot' },
  }

  test('it is over once it has been gone for long enough, and one that comes back in time is the same one', () => {
    const tracker = createTracker([])
    tracker.look([one], 0, 30, true)
    expect(tracker.look([], 10, 30, true)).toEqual([])
    tracker.look([one], 20, 30, true)
    expect(tracker.standing(20)).toMatchObject([{ key: 'k', since: 0 }])
    expect(tracker.look([], 50, 30, true)).toEqual([])
    expect(tracker.look([], 80, 30, true)).toMatchObject([{ key: 'k', since: 0 }])
    expect(tracker.standing(80)).toEqual([])
  })

  test('before anything was seen nothing is over', () => {
    const tracker = createTracker([{ ...one, since: 5 }])
    expect(tracker.look([], 1_000_000, 30, false)).toEqual([])
    expect(tracker.standing(1_000_000)).toMatchObject([{ since: 5 }])
  })

  test('one that has to last for a while is nothing before, and nothing was over then', () => {
    const tracker = createTracker([])
    tracker.look([{ ...one, after: 100 }], 0, 30, true)
    expect(tracker.standing(50)).toEqual([])
    tracker.look([], 60, 30, true)
    expect(tracker.look([], 99, 30, true)).toEqual([])
    tracker.look([{ ...one, after: 100 }], 1_000, 30, true)
    tracker.look([{ ...one, after: 100 }], 1_100, 30, true)
    expect(tracker.standing(1_100)).toMatchObject([{ since: 1_000 }])
  })
})
