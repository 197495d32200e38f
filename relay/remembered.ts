import type { Folder } from './folder.ts'
import { join, type Range, type Ranges, within } from './ranges.ts'

/** What each server had not got for certain when it was last written down, by its name, and the number of the next line then. */
export interface Remembered {
  next: number
  servers: ReadonlyMap<string, Ranges>
}

const FILE = 'servers.json'

/** Reads it; undefined where there is none, or none that can be read: then all that is kept has to be sent. */
export const recall = async (folder: Folder): Promise<Remembered | undefined> => {
  try {
    const text = await folder.text(FILE)
    return text === undefined ? undefined : rememberedOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** What is lost of it is sent twice, and no more; so it is not worth a sync. */
export const remember = (folder: Folder, { next, servers }: Remembered): Promise<void> =>
  folder.replace(FILE, `${JSON.stringify({ version: 1, next, servers: Object.fromEntries(servers) })}\n`)

const rememberedOf = (parsed: unknown): Remembered | undefined => {
  if (typeof parsed !== 'object' || parsed === null) return undefined
  if (!('version' in parsed && parsed.version === 1 && 'next' in parsed && 'servers' in parsed))
    return undefined
  const { next, servers } = parsed
  if (typeof next !== 'number' || typeof servers !== 'object' || servers === null) return undefined
  const entries = Object.entries(servers).map(([name, ranges]) => [name, rangesOf(ranges)] as const)
  return { next, servers: new Map(entries) }
}

const rangesOf = (parsed: unknown): Range[] => (Array.isArray(parsed) ? parsed.filter(isRange) : [])

const isRange = (parsed: unknown): parsed is Range =>
  typeof parsed === 'object' &&
  parsed !== null &&
  'from' in parsed &&
  'to' in parsed &&
  Number.isSafeInteger(parsed.from) &&
  Number.isSafeInteger(parsed.to)

/** What each server begins with, and whose lines nobody will send any more. */
export interface Inherited {
  owed: ReadonlyMap<string, Ranges>
  /** A server that took over from one of another name. */
  renamed: readonly { from: string; to: string }[]
  forgotten: readonly string[]
}

/**
 * Shares out what is kept, which is `kept`. A server that is new owes nothing of the past, unless exactly one went and one came: then
 * Graphite has moved, and what waited for the old address is for the new one.
 */
export const inherit = (
  names: readonly string[],
  remembered: Remembered | undefined,
  kept: Range,
): Inherited => {
  const whole = [kept]
  if (remembered === undefined)
    return { owed: new Map(names.map((name) => [name, whole])), renamed: [], forgotten: [] }
  const { next, servers } = remembered
  const gone = [...servers.keys()].filter((name) => !names.includes(name))
  const come = names.filter((name) => !servers.has(name))
  const [from, to] = [gone[0], come[0]]
  const renamed = gone.length === 1 && come.length === 1 && from && to ? [{ from, to }] : []
  const since = { from: next, to: kept.to }
  const owed = names.map((name) => {
    const known = servers.get(name) ?? servers.get(renamed.find((one) => one.to === name)?.from ?? '')
    return [name, known === undefined ? [] : within(join(known, [since]), kept)] as const
  })
  return { owed: new Map(owed), renamed, forgotten: renamed.length > 0 ? [] : gone }
}
