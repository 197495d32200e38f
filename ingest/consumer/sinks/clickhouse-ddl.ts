import { readFile } from 'node:fs/promises'
import { quoted, type Table } from './clickhouse-table.ts'

/** Which servers a table is for: all from 18.16 on, or those that know more. */
export type Generation = 'any' | 'newer'

const FILES: Readonly<Record<Generation, string>> = { any: 'clickhouse.sql', newer: 'clickhouse-newer.sql' }

/** The statement that makes a table for the ClickHouse sink, without a semicolon, so that it can be sent over HTTP as it is. */
export const ddlOf = async (table: Table, generation: Generation = 'any'): Promise<string> => {
  const text = await readFile(new URL(FILES[generation], import.meta.url), 'utf8')
  const statement = text.slice(text.indexOf('CREATE TABLE'))
  return statement.replace('default.events', () => quoted(table))
}
