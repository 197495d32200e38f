import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SourceSettings } from '../../../controller/sources/index.ts'

const folder = join(import.meta.dirname, '../../../controller/sources')

test('every source on disk is registered under its own name, and nothing else is', () => {
  const defines = (file: string): boolean =>
    /^export const \w+ = defineSource\(/m.test(readFileSync(join(folder, file), 'utf8'))
  const onDisk = readdirSync(folder)
    .filter(defines)
    .map((file) => file.replace(/\.ts$/, ''))
  const registered = SourceSettings.options.map((option) => option.in.shape.type.value)
  expect(registered.toSorted()).toEqual(onDisk.toSorted())
})

test('the library for Kafka is loaded by no import at the head of a file, so not before it is asked', () => {
  const controller = join(folder, '..')
  const files = readdirSync(controller, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const loading = files.filter((name) =>
    /^(import|export) (?!type ).*from '(@platformatic\/kafka|kafkajs)/m.test(
      readFileSync(join(controller, name), 'utf8'),
    ),
  )
  expect(files.length).toBeGreaterThan(100)
  expect(loading).toEqual([])
})

describe('settings of sources', () => {
  const messages = (settings: unknown): string[] =>
    (SourceSettings.safeParse(settings).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    )
  const sound = { type: 'prometheus', url: 'http://127.0.0.1:9090', interval: '15s' }

  test('durations are milliseconds once parsed, and defaults are filled in', () => {
    const settings = SourceSettings.parse({ ...sound, ca: '/etc/ca.pem' })
    expect(settings).toMatchObject({
      type: 'prometheus',
      interval: 15_000,
      config: { timeout: 5_000, ca: '/etc/ca.pem' },
    })
    expect(settings.faults('sum(')).toHaveLength(1)
    expect(SourceSettings.parse({ type: 'scrape' })).toMatchObject({
      interval: 15_000,
      config: { path: '/metrics' },
    })
  })

  test.for<[string, object, RegExp]>([
    ['an unknown type', { type: 'graphit' }, /^type: /],
    ['no interval', { type: 'prometheus', url: sound.url }, /^interval: .*duration/],
    ['an interval of nothing', { ...sound, interval: '0s' }, /^interval: /],
    ['a number without a unit', { ...sound, timeout: 5 }, /^timeout: .*duration/],
    ['no address', { ...sound, url: 'prometheus' }, /^url: has to be an http or https address/],
    ['an address of another kind', { ...sound, url: 'ftp://x' }, /^url: has to be an http or https address/],
    [
      'a password in the address',
      { ...sound, url: 'http://me:secret@x' },
      /^url: must not hold a user or password/,
    ],
    [
      'two kinds of authorization',
      { ...sound, bearerFile: 'a', basic: { username: 'b', passwordFile: 'c' } },
      /^bearerFile: cannot stand beside basic/,
    ],
    ['a key that is none', { ...sound, pasword: 'x' }, /pasword/],
    ['no brokers', { type: 'kafka', brokers: [] }, /^brokers: /],
    [
      'a broker without a port',
      { type: 'kafka', brokers: ['kafka-1'] },
      /^brokers.0: has to be a host and a port/,
    ],
    [
      'a broker with a password in it',
      { type: 'kafka', brokers: ['me:secret@kafka:9092'] },
      /^brokers.0: has to be a host and a port/,
    ],
    [
      'a port that there is not',
      { type: 'kafka', brokers: ['kafka:99999'] },
      /^brokers.0: has a port beyond/,
    ],
    ['a certificate without TLS', { type: 'kafka', brokers: ['k:1'], ca: 'ca.pem' }, /^ca: makes no sense/],
    [
      'a password where its file belongs',
      { type: 'kafka', brokers: ['k:1'], sasl: { username: 'a', passwordFile: 'f', password: 'secret' } },
      /^sasl: .*password/,
    ],
    [
      'a round that outlasts its interval',
      { type: 'kafka', brokers: ['k:1'], interval: '1s', timeout: '2s' },
      /^timeout: must not be longer than interval/,
    ],
    ['a path without its slash', { type: 'scrape', path: 'metrics' }, /^path: has to begin with \//],
  ])('refused: %s', ([, settings, wanted]) => {
    const said = messages(settings)
    expect(said).toEqual([expect.stringMatching(wanted)])
    expect(said.join()).not.toContain('secret')
  })
})
