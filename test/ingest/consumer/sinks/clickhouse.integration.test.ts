import { createServer } from 'node:http'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { ConsumerSink } from '../../../../ingest/consumer/sink.ts'
import { ddlOf } from '../../../../ingest/consumer/sinks/clickhouse-ddl.ts'
import { tableOf } from '../../../../ingest/consumer/sinks/clickhouse-table.ts'
import { readSink } from '../../../../ingest/consumer/sinks/index.ts'
import {
  consumerSinkContract,
  row,
  rowsFrom,
  type StoredRow,
  unaborted,
} from '../../../contract/consumer-sink.ts'
import { type ClickHouse, READER, startClickHouse, WRITER } from '../../../support/clickhouse.ts'
import { freePort } from '../../../support/process.ts'
import { needs } from '../../../support/servers.ts'

type Given = { url?: string; environment?: Record<string, string>; setting?: string[]; writeWithin?: number }

/** Answers every request as servers of these days do, which the tests have none of. */
const startNewer = async (answer: string): Promise<{ url: string; end(): void }> => {
  const server = createServer((asked, response) => {
    asked.resume()
    asked.once('end', () => response.writeHead(500).end(answer))
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${port}`, end: () => server.close() }
}

test.for([
  {
    answer: 'Code: 60. DB::Exception: Table default.e does not exist. (UNKNOWN_TABLE) (version 26.7.2.1)',
    written: { kind: 'failed', why: expect.stringContaining('--print-ddl --table default.e') },
  },
  {
    answer:
      "Code: 6. DB::Exception: Cannot parse string 'x' as UInt8. (CANNOT_PARSE_TEXT) (version 26.7.2.1)",
    written: { kind: 'refused', rows: [{ index: 0, why: "Cannot parse string 'x' as UInt8." }] },
  },
  {
    answer: 'Bad gateway',
    written: { kind: 'failed', why: expect.stringContaining('cannot be reached: Bad gateway') },
  },
])('of a newer server or a proxy, "$answer" is understood', async ({ answer, written }) => {
  const { url, end } = await startNewer(answer)
  const open = readSink('clickhouse', { url, table: 'default.e', writeWithin: 5_000 })
  const opened = await open({ environment: {}, stdout: process.stdout })
  if (opened.kind === 'refused') throw new Error(opened.why)
  expect(await opened.sink.write(rowsFrom(0, 1), unaborted())).toEqual(written)
  await opened.sink.close()
  end()
})

needs('clickhouse')('the ClickHouse sink and a real server of 18.16', () => {
  let server: ClickHouse
  let tables = 0
  const open: ConsumerSink[] = []

  beforeAll(async () => {
    server = await startClickHouse()
  })
  afterEach(() => Promise.all(open.splice(0).map((sink) => sink.close())))

  const makeTable = async (): Promise<string> => {
    tables += 1
    const name = `default.events_${tables}`
    await server.query(await ddlOf(tableOf(name)))
    return name
  }

  const opened = async (table: string, given: Given = {}): Promise<ConsumerSink> => {
    const { url = server.url, environment = {}, setting = [], writeWithin = 10_000 } = given
    const open_ = readSink('clickhouse', { url, table, setting, writeWithin })
    const result = await open_({ environment, stdout: process.stdout })
    if (result.kind === 'refused') throw new Error(result.why)
    open.push(result.sink)
    return result.sink
  }

  const count = async (table: string, what = 'FINAL'): Promise<number> =>
    Number(await server.query(`SELECT count() FROM ${table} ${what}`))

  const rowsIn = async (table: string): Promise<StoredRow[]> => {
    const text = await server.query(`SELECT * FROM ${table} FORMAT JSONEachRow`)
    const lines = text.split('\n').filter((line) => line !== '')
    return lines.map((line) => {
      const { topic, partition, offset, id, event } = JSON.parse(line)
      return { topic, partition, offset: Number(offset), id, event: JSON.parse(event) }
    })
  }

  consumerSinkContract('ClickHouse', async () => {
    const table = await makeTable()
    return {
      sink: await opened(table),
      stored: () => rowsIn(table),
      damage: () => server.kill(),
      mend: () => server.restart(),
    }
  })

  test('batches that come again with other borders, over months and partitions, count once each with FINAL', async () => {
    const table = await makeTable()
    const sink = await opened(table)
    const month = 31 * 86_400_000
    const rows = [0, 1, 2].flatMap((partition) =>
      rowsFrom(0, 400).map((one) => ({
        ...one,
        partition,
        timestamp: one.timestamp + (one.offset % 4) * month,
      })),
    )
    for (const size of [1_200, 333, 100]) {
      for (let from = 0; from < rows.length; from += size) {
        expect(await sink.write(rows.slice(from, from + size), unaborted())).toEqual({ kind: 'stored' })
      }
    }
    expect(await count(table)).toBe(1_200)
    await server.query(`OPTIMIZE TABLE ${table}`)
    expect(await count(table)).toBe(1_200)
    const times = await server.query(`SELECT min(timestamp), max(timestamp) FROM ${table} FORMAT CSV`)
    expect(times).toBe('"2026-09-21 14:13:20","2026-12-23 14:13:20"')
  })

  test('times before 1970 and after what the server can show are stored as they are', async () => {
    const table = await makeTable()
    const sink = await opened(table)
    const rows = [-1, 0, 8.64e15].map((timestamp, offset) => row(offset, { timestamp }))
    expect(await sink.write(rows, unaborted())).toEqual({ kind: 'stored' })
    expect(await server.query(`SELECT timestamp_ms FROM ${table} ORDER BY offset`)).toBe(
      '-1\n0\n8640000000000000',
    )
  })

  test('one row that a column of the operator cannot take is refused by its index, and all others are stored', async () => {
    const table = await makeTable()
    await server.query(
      `ALTER TABLE ${table} ADD COLUMN age UInt8 MATERIALIZED toUInt8(visitParamExtractRaw(event, 'age'))`,
    )
    const sink = await opened(table)
    const rows = rowsFrom(0, 1_000, { event: { age: 33 } })
    rows[700] = row(700, { event: { age: 'old' } })
    expect(await sink.write(rows, unaborted())).toEqual({
      kind: 'refused',
      rows: [{ index: 700, why: expect.stringContaining('Cannot parse') }],
    })
    expect(await count(table)).toBe(999)
    const bad = rowsFrom(2_000, 2_100, { event: { age: 'old' } })
    expect(await sink.write(bad, unaborted())).toMatchObject({
      why: expect.stringContaining('more than 32 of 100'),
    })
  })

  test.for([
    { name: 'a table that is missing', table: 'default.none', why: '--print-ddl --table default.none' },
    { name: 'a database that is missing', table: 'none.events', why: '--print-ddl --table none.events' },
    {
      name: 'a wrong password',
      environment: { CAPUCHIN_CLICKHOUSE_PASSWORD: 'wrong' },
      why: 'Wrong password',
    },
    {
      name: 'a user who is unknown',
      environment: { CAPUCHIN_CLICKHOUSE_USER: 'nobody' },
      why: 'Unknown user nobody',
    },
    {
      name: 'a setting that only newer servers know',
      setting: ['async_insert=1'],
      why: 'Unknown setting async_insert; this server does not know the setting: leave its --setting out',
    },
  ])('$name is told by write and probe alike, with what helps', async ({ table, why, ...given }) => {
    const sink = await opened(table ?? (await makeTable()), given)
    expect(await sink.write(rowsFrom(0, 2), unaborted())).toEqual({
      kind: 'failed',
      why: expect.stringContaining(why),
    })
    expect(await sink.probe(unaborted())).toContain(why)
  })

  test('a table without the right columns is told with the statement that makes them', async () => {
    await server.query('CREATE TABLE default.bare (topic String) ENGINE = Memory')
    const sink = await opened('default.bare')
    const why = expect.stringContaining('the table lacks columns of the one that this prints')
    expect(await sink.write(rowsFrom(0, 2), unaborted())).toEqual({ kind: 'failed', why })
    expect(await sink.probe(unaborted())).toEqual(why)
  })

  test('a user with a password may write; one who may only read is told', async () => {
    const table = await makeTable()
    const as = ({ user, password }: { user: string; password: string }) =>
      opened(table, {
        environment: { CAPUCHIN_CLICKHOUSE_USER: user, CAPUCHIN_CLICKHOUSE_PASSWORD: password },
      })
    expect(await (await as(WRITER)).write(rowsFrom(0, 2), unaborted())).toEqual({ kind: 'stored' })
    expect(await (await as(READER)).write(rowsFrom(0, 2), unaborted())).toEqual({
      kind: 'failed',
      why: expect.stringContaining('read-only'),
    })
    expect(await count(table)).toBe(2)
  })

  test('a server that hangs fails the write in time, and a signal ends it at once; thawed it takes the rows again', async () => {
    const table = await makeTable()
    const sink = await opened(table, { writeWithin: 300 })
    expect(await sink.write(rowsFrom(0, 1), unaborted())).toEqual({ kind: 'stored' })
    server.freeze()
    const late = `ClickHouse at ${server.url} has not answered within 300 ms`
    expect(await sink.write(rowsFrom(0, 3), unaborted())).toEqual({ kind: 'failed', why: late })
    expect(await sink.probe(unaborted())).toBe(late)
    const ending = new AbortController()
    const written = sink.write(rowsFrom(0, 3), ending.signal)
    ending.abort()
    expect(await written).toEqual({ kind: 'failed', why: 'given up, as the consumer ends' })
    server.thaw()
    expect(await sink.write(rowsFrom(0, 3), unaborted())).toEqual({ kind: 'stored' })
    expect(await count(table)).toBe(3)
  })

  test('where nobody listens the address is told, without the password', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const sink = await opened('default.events', {
      url,
      environment: { CAPUCHIN_CLICKHOUSE_PASSWORD: 'secret' },
    })
    const written = await sink.write(rowsFrom(0, 1), unaborted())
    expect(written).toEqual({
      kind: 'failed',
      why: expect.stringContaining(`ClickHouse at ${url} cannot be reached`),
    })
    expect(JSON.stringify(written)).not.toContain('secret')
  })

  test('idle longer than the server keeps connections, the next write is stored all the same', async () => {
    const table = await makeTable()
    const sink = await opened(table)
    for (const idle of [0, 700, 1_050]) {
      await new Promise((resolve) => setTimeout(resolve, idle))
      expect(await sink.write(rowsFrom(idle, idle + 1), unaborted())).toEqual({ kind: 'stored' })
    }
  })
})
