import { z } from 'zod'
import { type Saved, SavedSchema } from './schema.ts'

export type Parsed =
  | { kind: 'saved'; saved: Saved }
  | { kind: 'newer'; detail: string }
  | { kind: 'broken'; problems: readonly string[] }

const Versions = z.looseObject({ version: z.number(), state: z.looseObject({ version: z.number() }) })

/** Reads what a state file holds. Every problem is named with its place, such as `state.hosts.local-1.index: ...`. */
export function parseSaved(text: string): Parsed {
  const json = parseJson(text)
  if (json.kind === 'broken') return json
  const versions = Versions.safeParse(json.value).data
  const newest = versions === undefined ? 1 : Math.max(versions.version, versions.state.version)
  if (newest > 1) return { kind: 'newer', detail: `it has version ${newest}, this Capuchin knows version 1` }
  const parsed = SavedSchema.safeParse(json.value)
  if (parsed.success) return { kind: 'saved', saved: parsed.data }
  return { kind: 'broken', problems: parsed.error.issues.map(problem) }
}

/** The file is indented, since a human reads it when nothing else helps; the epoch stands in its head for `epochIn`. */
export function formatSaved({ version, epoch, revision, state }: Saved): string {
  return `${JSON.stringify({ version, epoch, revision, state }, null, 1)}\n`
}

const HEAD = /^\{\s*"version":\s*\d+,\s*"epoch":\s*(\d+)/

/** The epoch of a file that `formatSaved` wrote, without parsing the rest; undefined when it does not begin like one. */
export function epochIn(text: string): number | undefined {
  const digits = HEAD.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

type Json = { kind: 'json'; value: unknown } | { kind: 'broken'; problems: readonly string[] }

function parseJson(text: string): Json {
  try {
    return { kind: 'json', value: JSON.parse(text) }
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not JSON'
    return { kind: 'broken', problems: [text.trim() === '' ? 'it is empty' : message] }
  }
}

function problem({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`
}
