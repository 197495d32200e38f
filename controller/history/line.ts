import type { HistoryEntry } from './history.ts'
import { EntrySchema } from './schema.ts'

/** A line of a history file. */
export type Line =
  | { kind: 'entry'; entry: HistoryEntry }
  | { kind: 'newer'; version: number }
  | { kind: 'unreadable' }

export function parseLine(text: string): Line {
  const value = parseJson(text)
  const version = versionOf(value)
  if (version !== undefined && version > 1) return { kind: 'newer', version }
  const entry = EntrySchema.safeParse(value).data
  return entry === undefined ? { kind: 'unreadable' } : { kind: 'entry', entry }
}

/** The version of a line that a newer release wrote. */
export function newerVersion(text: string): number | undefined {
  const line = parseLine(text)
  return line.kind === 'newer' ? line.version : undefined
}

export const formatLine = (entry: HistoryEntry): string => `${JSON.stringify(entry)}\n`

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function versionOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined
  return typeof value.version === 'number' ? value.version : undefined
}
