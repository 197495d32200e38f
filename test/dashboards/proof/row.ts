import type { Change } from './change.ts'

/** What happens in the world of the proof. */
export type EventName =
  | 'load'
  | 'calm'
  | 'bad posts'
  | 'poison'
  | 'backlog'
  | 'second consumer'
  | 'one consumer'
  | 'broker frozen'
  | 'source refuses'
  | 'source hangs'
  | 'clock ahead'
  | 'quota'
  | 'slow order'
  | 'cloud hangs'
  | 'cloud away'
  | 'exporter frozen'
  | 'host killed'
  | 'new certificate'
  | 'guest'
  | 'broken file'
  | 'no publishing'
  | 'no saving'
  | 'no history'
  | 'chat away'
  | 'carbon away'
  | 'lines'
  | 'relay killed'
  | 'alert'
  | 'viewers'
  | 'wrong token'
  | 'storm'
  | 'pin'
  | 'controller killed'
  | 'controller back'

/** One panel, or mark, and an event that has to change it. */
export type Row = {
  event: EventName
  panel: string
  /** Which of the panel's queries (default A). */
  query?: string
  /** Labels of the lines that are meant (default: all). */
  where?: Readonly<Record<string, string>>
  change: Change
  says: string
}

/** The rows of a dashboard, panel by panel. */
export type Rows = Readonly<Record<string, Omit<Row, 'panel'> | readonly Omit<Row, 'panel'>[]>>

export const rowsOf = (rows: Rows): Row[] =>
  Object.entries(rows).flatMap(([panel, those]) => [those].flat().map((row) => ({ ...row, panel })))
