import { describe, expect, test } from 'vitest'
import { parseOptions, USAGE } from '../../../ingest/consumer/options.ts'

const FILE = ['--sink', 'file', '--dir', '/data']
const DEFAULTS = {
  address: { port: 8080 },
  brokers: ['127.0.0.1:9092'],
  topic: 'loader',
  group: 'consumer',
  deadLetterTopic: 'loader.dead',
  from: 'earliest',
  sinkName: 'file',
  openSink: expect.any(Function),
  transform: undefined,
  batchEvents: 10_000,
  batchBytes: 8_000_000,
  linger: 1_000,
  sessionTimeout: 10_000,
  rebalanceTimeout: 30_000,
  grace: 30_000,
}

describe('the command line', () => {
  test.for([
    { name: 'only needs a sink', args: [], options: {} },
    {
      name: 'takes several brokers',
      args: ['--kafka', 'a:9092, b:9092,[::1]:9'],
      options: { brokers: ['a:9092', 'b:9092', '[::1]:9'] },
    },
    {
      name: 'names the dead letters after the topic',
      args: ['--topic', 'views'],
      options: { topic: 'views', deadLetterTopic: 'views.dead' },
    },
    {
      name: 'takes another name for them',
      args: ['--dead-letter', 'poison'],
      options: { deadLetterTopic: 'poison' },
    },
    {
      name: 'takes sizes in units',
      args: ['--batch-bytes', '500KB', '--batch-events', '1'],
      options: { batchBytes: 500_000, batchEvents: 1 },
    },
    { name: 'takes no linger at all', args: ['--linger', '0ms'], options: { linger: 0 } },
    { name: 'takes the end as the beginning', args: ['--from', 'latest'], options: { from: 'latest' } },
  ])('$name', ({ args, options }) => {
    expect(parseOptions([...FILE, ...args])).toEqual({ kind: 'run', options: { ...DEFAULTS, ...options } })
  })

  test.for([
    { name: 'no sink', args: [], why: /--sink is missing: say one of clickhouse, file, stdout/ },
    { name: 'a sink that is not there', args: ['--sink', 'paper'], why: /--sink paper is not known/ },
    { name: 'a sink without what it needs', args: ['--sink', 'file'], why: /--dir is missing/ },
    { name: 'an unknown flag', args: [...FILE, '--treads', '2'], why: /--treads/ },
    { name: 'a word without a flag', args: [...FILE, 'loader'], why: /loader/ },
    {
      name: 'brokers without a port',
      args: [...FILE, '--kafka', 'localhost'],
      why: /--kafka localhost names no brokers/,
    },
    { name: 'a beginning that is none', args: [...FILE, '--from', 'now'], why: /say earliest or latest/ },
    { name: 'a topic with a blank', args: [...FILE, '--topic', 'a b'], why: /--topic a b is no topic/ },
    {
      name: 'dead letters into the topic itself',
      args: [...FILE, '--dead-letter', 'loader'],
      why: /another topic/,
    },
    { name: 'an empty group', args: [...FILE, '--group', ''], why: /--group is empty/ },
    {
      name: 'no events in a batch',
      args: [...FILE, '--batch-events', '0'],
      why: /--batch-events 0 is no count/,
    },
    {
      name: 'a size in an unknown unit',
      args: [...FILE, '--batch-bytes', '8G'],
      why: /--batch-bytes 8G is no size/,
    },
    { name: 'a time without a unit', args: [...FILE, '--grace', '30'], why: /--grace 30 is no time/ },
    {
      name: 'a session that is too short',
      args: [...FILE, '--session-timeout', '0ms'],
      why: /--session-timeout 0ms/,
    },
    {
      name: 'a port beyond the last',
      args: [...FILE, '--addr', ':70000'],
      why: /--addr :70000 is no address/,
    },
  ])('refuses $name', ({ args, why }) => {
    expect(parseOptions(args)).toEqual({ kind: 'wrong', why: expect.stringMatching(why) })
  })

  test('shows its help, in lines of at most 120 characters', () => {
    expect(parseOptions(['--help'])).toEqual({ kind: 'help' })
    expect(USAGE.split('\n').filter((line) => line.length > 120)).toEqual([])
  })
})

describe('--print-ddl', () => {
  test('asks for the statement of a table, for all servers or for newer ones', () => {
    const ddl = { kind: 'print-ddl', table: { database: 'shop', name: 'clicks' } }
    expect(parseOptions(['--print-ddl', '--table', 'shop.clicks'])).toEqual({ ...ddl, generation: 'any' })
    expect(parseOptions(['--print-ddl', '--newer', '--table', 'shop.clicks'])).toEqual({
      ...ddl,
      generation: 'newer',
    })
  })

  test('needs a table', () =>
    expect(parseOptions(['--print-ddl'])).toEqual({
      kind: 'wrong',
      why: expect.stringContaining('--table is missing'),
    }))
})
