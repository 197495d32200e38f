import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../../dashboards/preview/options.ts'

const least = ['--prometheus', 'http://127.0.0.1:9090', '--out', 'pictures']

test('what is not said: all dashboards, the last hour, all values', () => {
  expect(parseOptions(least)).toEqual({
    kind: 'run',
    options: {
      ...{ prometheus: 'http://127.0.0.1:9090', out: 'pictures', from: 3_600_000, to: 0, scrape: 15_000 },
      boards: ['capacity', 'workload', 'ingest', 'controller'],
      values: {},
    },
  })
})

test('what can be said', () => {
  const more = [
    '--dashboard',
    'workload',
    '--from',
    '2d',
    '--to',
    '1h',
    '--scrape',
    '5s',
    '--var',
    'workload=a',
    '--var',
    'workload=b=c',
  ]
  expect(parseOptions([...least, ...more])).toMatchObject({
    kind: 'run',
    options: {
      boards: ['workload'],
      from: 172_800_000,
      to: 3_600_000,
      scrape: 5_000,
      values: { workload: ['a', 'b=c'] },
    },
  })
})

describe('what is wrong is said', () => {
  test.for([
    { args: [], says: '--prometheus needs' },
    { args: ['--prometheus', 'nowhere', '--out', 'x'], says: '--prometheus needs' },
    { args: ['--prometheus', 'http://127.0.0.1:9090'], says: '--out needs a folder' },
    {
      args: [...least, '--dashboard', 'money'],
      says: 'has to be one of capacity, workload, ingest, controller, not money',
    },
    { args: [...least, '--from', 'yesterday'], says: '--from has to be a time' },
    { args: [...least, '--scrape', '0s'], says: '--scrape has to be a time' },
    { args: [...least, '--from', '5m', '--to', '5m'], says: '--to has to be less long ago' },
    { args: [...least, '--var', 'ingest'], says: '--var has to be NAME=VALUE' },
    { args: [...least, '--loud'], says: '--loud' },
  ])('$says', ({ args, says }) => {
    const parsed = parseOptions(args)
    expect(parsed.kind === 'wrong' && parsed.why).toContain(says)
  })

  test('and help is help', () => {
    expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
  })
})
