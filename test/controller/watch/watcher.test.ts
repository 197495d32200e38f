import { describe, expect, test } from 'vitest'
import { type Key, keysOf } from '../../../controller/watch/keys.ts'
import { newsOf } from '../../../controller/watch/news.ts'
import { onlyOf } from '../../../controller/watch/only.ts'
import { eventParser } from '../../../controller/watch/sse.ts'
import { about, blank, pressed, taken, type Watched } from '../../../controller/watch/state.ts'
import { decision, host, NOW, pool, status } from './support.ts'

describe('keys', () => {
  test.for<[string, Key[]]>([
    ['\x1b[A\x1b[B', ['up', 'down']],
    ['jk', ['down', 'up']],
    ['\x1bOA', ['up']],
    ['\r', ['enter']],
    ['\x1b', ['escape']],
    ['\x1b[1;5Zx', []],
    ['\x03', ['quit']],
    ['\x1b[5~\x1b[6~?qé👍', ['page-up', 'page-down', 'help', 'quit']],
  ])('%j', ([sent, keys]) => {
    expect(keysOf(sent)).toEqual(keys)
  })

  const three = status({ workloads: ['a', 'b', 'c'].map((workload) => decision({ workload })) })
  const start: Watched = taken(blank, { kind: 'status', status: three, ahead: 0 }, NOW)
  const shown = { top: 5, lowest: 20, page: 10 }
  const press = (...keys: Key[]) => keys.reduce((state, key) => pressed(state, key, shown).state, start)

  test.for<{ name: string; keys: Key[]; state: Partial<Watched> }>([
    { name: 'the first workload is chosen', keys: [], state: { chosen: 'a', mode: 'list' } },
    {
      name: 'down and up, not beyond the ends',
      keys: ['down', 'down', 'down', 'up'],
      state: { chosen: 'b' },
    },
    { name: 'enter explains, escape comes back', keys: ['enter', 'escape'], state: { mode: 'list' } },
    {
      name: 'in an explanation the arrows scroll',
      keys: ['enter', 'down'],
      state: { mode: 'workload', top: 6 },
    },
    {
      name: 'help goes back to where it was asked for',
      keys: ['enter', 'help', 'escape'],
      state: { mode: 'workload' },
    },
    { name: 'a page down, not below the end', keys: ['page-down'], state: { top: 15 } },
    { name: 'to the end', keys: ['end'], state: { top: 20 } },
    { name: 'to the top', keys: ['home'], state: { top: 0 } },
  ])('$name', ({ keys, state }) => {
    expect(press(...keys)).toMatchObject(state)
  })

  test('what asks for something is told', () => {
    expect(pressed(start, 'enter', shown).act).toBe('explain')
    expect(pressed(start, 'quit', shown).act).toBe('quit')
  })

  test('a controller that stays away has been away since it was lost, by its own clock', () => {
    const ahead = taken(start, { kind: 'status', status: three, ahead: 1_000 }, NOW)
    const lost = taken(ahead, { kind: 'lost', detail: 'gone' }, NOW)
    const still = taken(lost, { kind: 'lost', detail: 'still gone' }, NOW + 60_000)
    expect(still.link).toEqual({ kind: 'lost', since: NOW + 1_000, detail: 'still gone' })
    expect(taken(still, { kind: 'status', status: three, ahead: 0 }, NOW).link).toEqual({ kind: 'live' })
  })

  test('a workload that is chosen and goes gives way to the first', () => {
    const chosen = press('down')
    expect(taken(chosen, { kind: 'status', status: status(), ahead: 0 }, NOW).chosen).toBe('ingest')
  })
})

describe('news', () => {
  const hot = {
    alarms: ['at max (4) and still hot: cpu 91 %'],
    alarmNames: [{ kind: 'hot', about: 'cpu' }],
  } as const
  const moved = decision({
    at: NOW + 15_000,
    size: 2,
    granted: 3,
    reason: 'out-by-rule',
    sentence: 'ingest 2 -> 3: cpu',
  })

  test.for<{
    name: string
    before?: Parameters<typeof status>[0]
    after: Parameters<typeof status>[0]
    says: string[]
  }>([
    {
      name: 'at first sight: what is in force',
      after: {},
      says: ['ingest stays at 2: cpu 54 % inside 30 to 70 %'],
    },
    { name: 'the same again is no news', before: {}, after: {}, says: [] },
    { name: 'a change of size', before: {}, after: { workloads: [moved] }, says: ['ingest 2 -> 3: cpu'] },
    {
      name: 'the tick of a change, seen twice',
      before: { workloads: [moved] },
      after: { workloads: [moved] },
      says: [],
    },
    {
      name: 'an alarm that begins',
      before: {},
      after: { workloads: [decision(hot)] },
      says: ['ingest: alarm: at max (4) and still hot: cpu 91 %'],
    },
    {
      name: 'an alarm whose numbers change goes on',
      before: { workloads: [decision(hot)] },
      after: { workloads: [decision({ ...hot, alarms: ['at max (4) and still hot: cpu 95 %'] })] },
      says: [],
    },
    {
      name: 'an alarm that is over',
      before: { workloads: [decision(hot)] },
      after: {},
      says: ['ingest: alarm over: at max (4) and still hot: cpu 91 %'],
    },
    {
      name: 'hosts that come and go',
      before: {},
      after: { pools: [pool({ hosts: [host({ host: 'local-2' })] })] },
      says: ['pool local: host local-1 is gone', 'pool local: host local-2 is ordered'],
    },
    {
      name: 'an override',
      before: {},
      after: {
        overrides: [{ id: 'o1', act: { kind: 'pause', workload: 'ingest' }, by: 'anna', why: 'x', at: NOW }],
      },
      says: ['override: o1: ingest: it is paused by anna (x)'],
    },
    {
      name: 'a restart',
      before: {},
      after: { epoch: 4 },
      says: ['the controller was started again (epoch 4)'],
    },
    {
      name: 'a workload that goes',
      before: {},
      after: { workloads: [] },
      says: ['ingest is not decided on any more'],
    },
    {
      name: 'a file that is not in force',
      before: {},
      after: { notices: ['x is refused'] },
      says: ['x is refused'],
    },
  ])('$name', ({ before, after, says }) => {
    const news = newsOf(before && status(before), status(after))
    expect(news.map(({ text }) => text)).toEqual(says)
  })

  test('of one workload alone: its own, and what is about all', () => {
    const news = newsOf(status(), status({ workloads: [moved], notices: ['x is refused'] }))
    expect(about(news, 'consumer').map(({ text }) => text)).toEqual(['x is refused'])
  })

  test('a workload that there is not is told with the one that is near', () => {
    expect(onlyOf(status(), 'ingst')).toMatchObject({
      detail: 'there is no workload "ingst"; did you mean "ingest"?',
    })
  })
})

describe('a stream of events', () => {
  const stream =
    'retry: 2000\n\n: hello\n\nevent: status\r\nid: 1\r\ndata: {"a":1}\r\n\r\ndata: two\ndata: lines\n\n'

  test.for([1, 2, 3, 7, 1_000])('comes out the same in pieces of %d characters', (length) => {
    const parse = eventParser()
    const events = []
    for (let at = 0; at < stream.length; at += length) events.push(...parse(stream.slice(at, at + length)))
    expect(events).toEqual([
      { kind: 'comment' },
      { kind: 'event', event: 'status', data: '{"a":1}' },
      { kind: 'event', event: 'message', data: 'two\nlines' },
    ])
  })
})
