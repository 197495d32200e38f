import { expect, test } from 'vitest'
import { parseOptions, usage } from '../../demo/options.ts'

test.for([
  {
    what: 'nothing said is the full wave',
    argv: [],
    options: { pace: 'full', kafka: false, fakeYandex: false, keep: false },
  },
  {
    what: 'everything said',
    argv: ['--kafka', '--wave', 'short', '--keep', '--report', 'report.json'],
    options: { pace: 'short', kafka: true, fakeYandex: false, keep: true, report: 'report.json' },
  },
  {
    what: 'a fake cloud',
    argv: ['--fake-yandex'],
    options: { pace: 'full', kafka: false, fakeYandex: true, keep: false },
  },
])('$what', ({ argv, options }) => {
  expect(parseOptions(argv)).toEqual({ kind: 'run', options })
})

test.for([
  {
    what: 'an unknown wave',
    argv: ['--wave', 'tsunami'],
    why: '--wave has to be full or short, not tsunami',
  },
  {
    what: 'the name of something that all objects have',
    argv: ['--wave', 'constructor'],
    why: '--wave has to be',
  },
  { what: 'a report without a name', argv: ['--report', ''], why: '--report needs the name of a file' },
  { what: 'two demos at once', argv: ['--kafka', '--fake-yandex'], why: 'one at a time' },
  { what: 'an unknown option', argv: ['--fast'], why: "Unknown option '--fast'" },
  { what: 'an operand', argv: ['ingest'], why: "Unexpected argument 'ingest'" },
])('refuses $what', ({ argv, why }) => {
  expect(parseOptions(argv)).toMatchObject({ kind: 'wrong', why: expect.stringContaining(why) })
})

test('help names every option', () => {
  expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
  for (const option of [
    '--kafka',
    '--fake-yandex',
    'KAFKA_HOME',
    '--wave',
    '--report',
    '--keep',
    '--help',
    'NO_COLOR',
  ])
    expect(usage).toContain(option)
})
