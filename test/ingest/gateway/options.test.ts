import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../../ingest/gateway/options.ts'

const FILE = ['--sink', 'file', '--dir', '/data']
const FILE_SINK = { kind: 'file', dir: '/data' }
const DEFAULTS = { address: { port: 8080 }, sink: FILE_SINK, grace: 30_000, readWithin: 20_000 }

describe('the command line', () => {
  test.for([
    { name: 'only needs a sink and its folder', args: [], options: DEFAULTS },
    {
      name: 'takes a host and a port',
      args: ['--addr', '127.0.0.1:8101'],
      options: { ...DEFAULTS, address: { host: '127.0.0.1', port: 8101 } },
    },
    {
      name: 'takes a certificate and its key',
      args: ['--tls-cert', 'a.crt', '--tls-key', 'a.key'],
      options: { ...DEFAULTS, tls: { cert: 'a.crt', key: 'a.key' } },
    },
    {
      name: 'takes a port alone, for all addresses',
      args: ['--addr', ':0'],
      options: { ...DEFAULTS, address: { port: 0 } },
    },
    {
      name: 'takes an IPv6 address in brackets',
      args: ['--addr', '[::1]:8101'],
      options: { ...DEFAULTS, address: { host: '::1', port: 8101 } },
    },
    { name: 'takes a grace in seconds', args: ['--grace', '5s'], options: { ...DEFAULTS, grace: 5_000 } },
    { name: 'takes a grace in minutes', args: ['--grace', '2m'], options: { ...DEFAULTS, grace: 120_000 } },
    {
      name: 'takes a time-out in milliseconds',
      args: ['--read-timeout', '500ms'],
      options: { ...DEFAULTS, readWithin: 500 },
    },
  ])('$name', ({ args, options }) => {
    expect(parseOptions([...FILE, ...args])).toEqual({ kind: 'run', options })
  })

  test.for([
    {
      name: 'says which sinks there are',
      args: ['--dir', '/data'],
      why: /say --kafka HOST:PORT, or --sink file/,
    },
    {
      name: 'refuses two sinks at once',
      args: [...FILE, '--kafka', 'a:1'],
      why: /--kafka and --sink file --dir exclude each other/,
    },
    { name: 'refuses a topic for a file', args: [...FILE, '--topic', 'a'], why: /add --kafka/ },
    { name: 'refuses a broker without a port', args: ['--kafka', 'a:1,b'], why: /say HOST:PORT/ },
    { name: 'refuses no broker at all', args: ['--kafka', ''], why: /say HOST:PORT/ },
    {
      name: 'refuses a topic that Kafka has no name for',
      args: ['--kafka', 'a:1', '--topic', 'a b'],
      why: /--topic a b/,
    },
    {
      name: 'refuses to acknowledge before any broker',
      args: ['--kafka', 'a:1', '--acks', '0'],
      why: /say all, or 1/,
    },
    {
      name: 'refuses a sink that it does not have',
      args: ['--sink', 'tape', '--dir', '/data'],
      why: /--sink tape/,
    },
    { name: 'says that the folder is missing', args: ['--sink', 'file'], why: /--dir is missing/ },
    { name: 'refuses an empty folder', args: ['--sink', 'file', '--dir', ''], why: /--dir is missing/ },
    { name: 'refuses an address without a port', args: [...FILE, '--addr', 'localhost'], why: /no address/ },
    { name: 'refuses a certificate without a key', args: [...FILE, '--tls-cert', 'a'], why: /say both/ },
    { name: 'refuses a key without a certificate', args: [...FILE, '--tls-key', 'a'], why: /say both/ },
    { name: 'refuses a port out of range', args: [...FILE, '--addr', ':65536'], why: /no address/ },
    { name: 'refuses a bare IPv6 address', args: [...FILE, '--addr', '::1:8080'], why: /no address/ },
    { name: 'refuses a time without a unit', args: [...FILE, '--grace', '30'], why: /--grace 30 is no time/ },
    { name: 'refuses no time at all', args: [...FILE, '--grace', '0s'], why: /--grace 0s is no time/ },
    { name: 'refuses an unknown flag', args: [...FILE, '--colour', 'red'], why: /--colour/ },
    { name: 'refuses words that belong to no flag', args: [...FILE, 'please'], why: /please/ },
  ])('$name', ({ args, why }) => {
    expect(parseOptions(args)).toEqual({ kind: 'wrong', why: expect.stringMatching(why) })
  })

  test.for([
    {
      name: 'takes Kafka, with the usual topic and all acknowledgements',
      args: ['--kafka', '127.0.0.1:9092'],
      sink: {
        kind: 'kafka',
        brokers: ['127.0.0.1:9092'],
        topic: 'loader',
        acks: 'all',
        answerWithin: 10_000,
      },
    },
    {
      name: 'takes several brokers, a topic, and the acknowledgement of the leader alone, and less patience',
      args: ['--kafka', 'a:1,[::1]:2', '--topic', 'load', '--acks', '1', '--answer-within', '2s'],
      sink: { kind: 'kafka', brokers: ['a:1', '[::1]:2'], topic: 'load', acks: '1', answerWithin: 2_000 },
    },
  ])('$name', ({ args, sink }) => {
    expect(parseOptions(args)).toEqual({ kind: 'run', options: { ...DEFAULTS, sink } })
  })

  test('asks for help, whatever else is missing', () => {
    expect(parseOptions(['--help'])).toEqual({ kind: 'help' })
  })
})
