import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ddlOf } from '../../../../ingest/consumer/sinks/clickhouse-ddl.ts'
import { faultOf, saidBy } from '../../../../ingest/consumer/sinks/clickhouse-fault.ts'
import { placeOf } from '../../../../ingest/consumer/sinks/clickhouse-place.ts'
import { settingsOf } from '../../../../ingest/consumer/sinks/clickhouse-settings.ts'
import { tableOf } from '../../../../ingest/consumer/sinks/clickhouse-table.ts'
import { readSink } from '../../../../ingest/consumer/sinks/index.ts'
import { tempFolder } from '../../../support/process.ts'

const url = 'http://127.0.0.1:8123'
const writeWithin = 1_000

describe('what the server says', () => {
  test.for([
    {
      name: 'of 18.16',
      text: "Code: 60, e.displayText() = DB::Exception: Table default.nope doesn't exist., e.what() = DB::Exception",
      said: { code: 60, text: "Table default.nope doesn't exist." },
    },
    {
      name: 'of 24',
      text: 'Code: 60. DB::Exception: Table default.nope does not exist. (UNKNOWN_TABLE) (version 24.8.4.13 (official build))',
      said: { code: 60, text: 'Table default.nope does not exist. (UNKNOWN_TABLE)' },
    },
    {
      name: 'of something else',
      text: '<h1>Bad gateway</h1>',
      said: { code: undefined, text: '<h1>Bad gateway</h1>' },
    },
  ])('is read $name', ({ text, said }) => expect(saidBy(text)).toEqual(said))

  test('is cut where it repeats a whole event', () =>
    expect(faultOf({ code: 27, text: 'x'.repeat(5_000) }, { database: 'a', name: 'b' }).why).toHaveLength(
      503,
    ))

  test.for([
    { code: 6, blame: 'row', why: 'words' },
    { code: 469, blame: 'row', why: 'words' },
    {
      code: 60,
      blame: 'store',
      why: 'ClickHouse refuses: words; make the table with what this prints: node ingest/consumer/main.ts --print-ddl --table a.b',
    },
    { code: 117, blame: 'store', why: expect.stringContaining('the table lacks columns') },
    { code: 193, blame: 'store', why: expect.stringContaining('CAPUCHIN_CLICKHOUSE_PASSWORD') },
    { code: 164, blame: 'store', why: expect.stringContaining('read-only') },
    { code: 252, blame: 'store', why: expect.stringContaining('let batches grow larger') },
    { code: 115, blame: 'store', why: expect.stringContaining('leave its --setting out') },
    { code: 9_999, blame: 'store', why: 'ClickHouse refuses: words' },
    { code: undefined, blame: 'store', why: 'ClickHouse refuses: words' },
  ])('with code $code blames the $blame', ({ code, ...fault }) =>
    expect(faultOf({ code, text: 'words' }, { database: 'a', name: 'b' })).toEqual(fault),
  )
})

describe('where ClickHouse is', () => {
  const environment = { CAPUCHIN_CLICKHOUSE_USER: 'ann', CAPUCHIN_CLICKHOUSE_PASSWORD: 'secret' }

  test('the user and the password come from the environment', () =>
    expect(placeOf({ url })(environment)).toEqual({
      origin: url,
      path: '/',
      username: 'ann',
      password: 'secret',
    }))

  test('without either the user is default, who has no password', () =>
    expect(placeOf({ url })({})).toMatchObject({ username: 'default', password: '' }))

  test('a file holds the address with its password', async () => {
    const file = join(await tempFolder('url'), 'url')
    await writeFile(file, 'https://bob:p%40ss@ch.example:8443/behind/proxy\n')
    expect(placeOf({ 'url-file': file })(environment)).toEqual({
      origin: 'https://ch.example:8443',
      path: '/behind/proxy',
      username: 'bob',
      password: 'p@ss',
    })
  })

  test.for([
    { given: {}, why: '--url is missing' },
    { given: { url, 'url-file': 'x' }, why: 'both given' },
    { given: { url: 'http://bob:secret@127.0.0.1:8123' }, why: 'CAPUCHIN_CLICKHOUSE_PASSWORD' },
    { given: { url: 'tcp://127.0.0.1:9000/secret' }, why: '--url is no address' },
    { given: { url: `${url}/?x=secret` }, why: 'settings by --setting' },
    { given: { 'url-file': '/nowhere/at/all' }, why: '--url-file /nowhere/at/all cannot be read' },
  ])('$given is refused, and no password repeated', ({ given, why }) => {
    expect(() => placeOf(given)).toThrow(why)
    expect(() => placeOf(given)).not.toThrow('secret')
  })
})

describe('the command line of the sink', () => {
  test.for(['', 'events', 'a.b.c', 'a.b; DROP', '1.2'])('--table "%s" is refused', (text) =>
    expect(() => readSink('clickhouse', { url, table: text, writeWithin })).toThrow('--table'),
  )

  test('an unknown sink is refused with those that are known', () =>
    expect(() => readSink('toString', { writeWithin })).toThrow('say one of clickhouse, file, stdout'))

  test('no setting is sent unless asked for', () => expect(settingsOf([])).toEqual({}))

  test('inserts that the server collects are waited for', () =>
    expect(settingsOf(['async_insert=1', 'max_threads=2'])).toEqual({
      async_insert: '1',
      max_threads: '2',
      wait_for_async_insert: '1',
    }))

  test.for(['async_insert', '=1', 'a b=1'])('--setting "%s" is refused', (text) =>
    expect(() => settingsOf([text])).toThrow('is no setting'),
  )

  test('inserts that nobody waits for are refused', () =>
    expect(() => settingsOf(['async_insert=1', 'wait_for_async_insert=0'])).toThrow('loses events'))
})

test.for(['any', 'newer'] as const)(
  'the statement for %s server names the table and nothing else',
  async (generation) => {
    const ddl = await ddlOf(tableOf('shop.clicks'), generation)
    expect(ddl).toMatch(/^CREATE TABLE IF NOT EXISTS shop\.clicks\n/)
    expect(ddl).toMatch(
      /ReplacingMergeTree\nPARTITION BY toYYYYMM\(timestamp\)\nORDER BY \(topic, partition, offset\)\n$/,
    )
  },
)
