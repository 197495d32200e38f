import { z } from 'zod'
import { figure } from '../decision/words.ts'
import { strategyNames } from '../strategies/index.ts'
import { isDurationPattern, sayDuration } from './duration.ts'
import { PolicyText } from './schema.ts'

/** How a policy that is in force calls things that its file calls otherwise. */
const written: readonly (readonly [RegExp, string])[] = [
  [/^query\.text$/, 'query'],
  [/^query\.(source|interval)$/, '$1'],
  [/^run\.drain\.path$/, 'run.drain.http'],
  [/^run\.probe\.target\.path$/, 'run.probe.http'],
  [/^run\.probe\.target\.kind$/, 'run.probe'],
  [/\.share$/, '.percent'],
  [/^length$/, 'for'],
]

/** Longer values are not told. */
const LONGEST = 60

/** `size.max`, `rule cpu: above`, `schedule friday evening` */
export function sayKey(path: readonly string[]): string {
  const [list = '', name = '', ...rest] = path
  const word = { rules: 'rule', schedule: 'schedule' }[list]
  if (word === undefined) return asWritten(path)
  if (name === '') return list
  return rest.length === 0 ? `${word} ${name}` : `${word} ${name}: ${asWritten(withoutStrategy(rest))}`
}

/** A rule has one strategy, so that its bounds need not say whose they are. */
const withoutStrategy = (path: readonly string[]): readonly string[] =>
  path.length === 2 && strategyNames.some((name) => name === path[0]) ? path.slice(1) : path

function asWritten(path: readonly string[]): string {
  const text = path.join('.')
  const [pattern, other] = written.find(([one]) => one.test(text)) ?? []
  return pattern === undefined || other === undefined ? text : text.replace(pattern, other)
}

/** `size.max 12 -> 20`; where that would be too long, that it has changed. */
export function sayStep(path: readonly string[], before: unknown, after: unknown): string {
  const key = path.at(-1) === 'length' ? 'for' : (path.at(-1) ?? '')
  const [was, is] = [sayValue(key, before), sayValue(key, after)]
  if (was.length > LONGEST || is.length > LONGEST) return `${sayKey(path)} changed`
  return `${sayKey(path)} ${was} -> ${is}`
}

function sayValue(key: string, value: unknown): string {
  if (value === undefined) return 'unset'
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return JSON.stringify(value)
  if (isShare(key)) return `${figure(value * 100)} %`
  return isDuration(key) ? sayDuration(value) : String(value)
}

/** Written in percent, held as a share of 1. */
const isShare = (key: string): boolean => ['share', 'coverage', 'sharePerTick'].includes(key)

const isDuration = (key: string): boolean => {
  durations ??= new Set(durationKeys(z.toJSONSchema(PolicyText, { io: 'input', unrepresentable: 'any' })))
  return durations.has(key)
}

let durations: ReadonlySet<string> | undefined

/** The keys that the schema has for durations, so that nobody has to keep a list of them. */
function durationKeys(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, inner]: [string, unknown]) => {
    const isOne = isObject(inner) && 'pattern' in inner && isDurationPattern(inner.pattern)
    return isOne ? [key] : durationKeys(inner)
  })
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
