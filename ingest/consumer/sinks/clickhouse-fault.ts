import { quoted, type Table } from './clickhouse-table.ts'

/** What the server said: its error code, where it said one, and its words. */
export type Said = { code: number | undefined; text: string }

/**
 * What a failed insert means: `row` that something in the rows is refused and would be again, `store` that the rows are
 * not to blame, so that a later attempt may succeed, by itself or after what the sentence asks for.
 */
export type Fault = { blame: 'row' | 'store'; why: string }

/** Reads an answer of the server: `Code: 60, e.displayText() = DB::Exception: ...` of 18.16, or `Code: 60. DB::Exception: ...`. */
export const saidBy = (text: string): Said => {
  const code = /\bCode: (\d+)[.,]/.exec(text)?.[1]
  const plain = text
    .replace(/^.*?DB::Exception: /s, '')
    .replace(/, e\.what\(\) = .*$/s, '')
    .replace(/ \(version [^)]*\)+\s*$/, '')
  return { code: code === undefined ? undefined : Number(code), text: plain.trim() }
}

/** The server repeats what it could not read, which may be a whole event. */
const MAX_TEXT = 500
const shortened = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}...`)

/** Codes of the server, from its ErrorCodes.cpp, by what is to be done about them. */
const CODES = {
  // Reading, converting and computing values, and what a table's constraints refuse.
  row: [
    6, 25, 26, 27, 38, 41, 43, 53, 68, 69, 70, 72, 128, 130, 131, 153, 321, 349, 376, 395, 407, 441, 469, 675,
    676, 677,
  ],
  missing: [60, 81],
  columns: [10, 16, 47, 117],
  login: [192, 193, 194, 195, 516],
  rights: [291, 497],
  readonly: [164, 242],
  parts: [252],
  setting: [115],
  full: [243, 241],
} as const

type Kind = keyof typeof CODES

const KINDS = new Map<number, Kind>()
for (const [kind, codes] of Object.entries(CODES)) {
  for (const code of codes) KINDS.set(code, kind as Kind)
}

/** Tells what an error of the server means for an insert into `table`, and what helps. */
export const faultOf = (said: Said, table: Table): Fault => {
  const { code } = said
  const text = shortened(said.text.trim())
  const kind = code === undefined ? undefined : KINDS.get(code)
  if (kind === 'row') return { blame: 'row', why: text }
  const remedy = kind === undefined ? '' : `; ${REMEDIES[kind](quoted(table))}`
  return { blame: 'store', why: `ClickHouse refuses: ${text}${remedy}` }
}

const ddlOf = (table: string): string => `node ingest/consumer/main.ts --print-ddl --table ${table}`

const REMEDIES: Readonly<Record<Exclude<Kind, 'row'>, (table: string) => string>> = {
  missing: (table) => `make the table with what this prints: ${ddlOf(table)}`,
  columns: (table) => `the table lacks columns of the one that this prints: ${ddlOf(table)}`,
  login: () => 'set CAPUCHIN_CLICKHOUSE_USER and CAPUCHIN_CLICKHOUSE_PASSWORD, or the URL in --url-file',
  rights: (table) => `grant the user INSERT and SELECT on ${table}`,
  readonly: (table) => `the user or the table is read-only: use a user who may write to ${table}`,
  parts: () => 'it merges slower than batches come: let batches grow larger',
  setting: () => 'this server does not know the setting: leave its --setting out',
  full: () => 'it has no room left: free disk space or memory',
}
