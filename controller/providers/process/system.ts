import { isListOf, isObject, isText, isTexts } from './shape.ts'

/** A process that every host of a pool runs beside its instances; it takes no slot. */
export interface SystemProcess {
  name: string
  command: readonly string[]
  env: Readonly<Record<string, string>>
}

/** How long (ms) one may take to end: what it holds has to be on disk by then, for which a relay gives itself 10 s. */
export const SYSTEM_GRACE = 12_000

/** What stands for `${...}` in what they are started with. */
export const systemVariables = ['host', 'zone', 'index', 'data', 'folder'] as const

const PREFIX = 'system_'

/** Under this name it has its log and is found in /proc; no instance can be called so, since workloads have no such letter. */
export const systemId = (name: string): string => `${PREFIX}${name}`

/** What operators call it. */
export const nameOf = (id: string): string => (isSystemId(id) ? id.slice(PREFIX.length) : id)

export const isSystemId = (id: string): boolean => id.startsWith(PREFIX)

export function isSystem(value: unknown): value is readonly SystemProcess[] {
  return isListOf(value, isSystemProcess)
}

function isSystemProcess(value: unknown): value is SystemProcess {
  if (!isObject(value)) return false
  const { name, command, env } = value
  return isText(name) && isListOf(command, isText) && isTexts(env)
}

/** Whether two are started alike. */
export function isSameSystem(a: SystemProcess, b: SystemProcess): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b))
}

/** Whether two lists make the same processes; their order makes none. */
export function areSameSystem(a: readonly SystemProcess[], b: readonly SystemProcess[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => isSameSystem(one, other)))
}

function plain({ name, command, env }: SystemProcess): unknown {
  return [name, command, Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1))]
}
