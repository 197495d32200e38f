import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { sayProblem } from '../../../controller/policy/problem.ts'
import type { JsonSchema } from '../../../controller/schema/json-schema.ts'
import { fileKinds } from '../../../controller/schema/schemas.ts'
import { loadConfiguration } from '../../../controller/settings.ts'
import { filesOf, sound, soundBut } from '../policy/support.ts'

/** What an editor would say of a text, by the schema of its kind. */
function validator(name: string): (text: string) => boolean {
  const kind = fileKinds.find((one) => one.name === name)
  if (kind === undefined) throw new Error(`there is no kind of file ${name}`)
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, formats: { uri: true } })
  const check = ajv.compile(kind.schema())
  return (text) => check(parse(text))
}

const isPolicy = validator('policy')
const isSettings = validator('settings')

const isDescribed = (part: JsonSchema | boolean): boolean =>
  typeof part === 'object' && part.description !== undefined

/** Keys without a description, with their paths. */
function undescribed(part: JsonSchema | boolean | undefined, path: string): string[] {
  if (typeof part !== 'object') return []
  const own = Object.entries(part.properties ?? {}).flatMap(([key, inner]) => {
    const place = `${path}.${key}`
    return [...(isDescribed(inner) ? [] : [place]), ...undescribed(inner, place)]
  })
  const { items, additionalProperties, oneOf = [], anyOf = [] } = part
  const entries = [...(Array.isArray(items) ? items : [items]), additionalProperties]
  return [
    ...own,
    ...entries.flatMap((one) => undescribed(one, `${path}[]`)),
    ...[...oneOf, ...anyOf].flatMap((one) => undescribed(one, path)),
  ]
}

test.for([...fileKinds])('every key of $name says what it is', ({ name, schema }) => {
  const remedy = 'each of these needs a .describe() in its schema, which editors and the reference page show'
  expect(undescribed(schema(), name), remedy).toEqual([])
})

const samples = readdirSync('policies', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => ({ file, kind: file.endsWith('.test.yaml') ? 'scenarios' : 'policy' }))

describe('what the repository comes with', () => {
  test.for(samples)('policies/$file is sound, and its first line leads to the schema', ({ file, kind }) => {
    const text = readFileSync(`policies/${file}`, 'utf8')
    const up = file.split('/').map(() => '..')
    const schema = [...up, 'schemas', `${kind}.schema.json`].join('/')
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}`)
    expect(validator(kind)(text)).toBe(true)
  })

  test('capuchin.yaml is sound, and its first line leads to the schema', () => {
    const text = readFileSync('capuchin.yaml', 'utf8')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=schemas/capuchin.schema.json')
    expect(isSettings(text)).toBe(true)
  })

  test('the examples of the reference pages are sound, for the schema and for check', () => {
    const policy = readFileSync('scripts/reference/policy.example.yaml', 'utf8')
    const capuchin = readFileSync('scripts/reference/settings.example.yaml', 'utf8')
    expect([isPolicy(policy), isSettings(capuchin), problemsOf(capuchin, policy)]).toEqual([true, true, []])
  })
})

const settings = `tick: 15s
sources:
  main: { type: scrape, interval: 15s }
pools:
  local: { provider: process, slots: 3, hosts: { min: 1, max: 4 } }
store: { type: file, dir: ./state }
server: { listen: 127.0.0.1:7070 }
`

/** What `check` says of these files. */
function problemsOf(capuchin: string, policy: string): string[] {
  const files = filesOf({ '/etc/capuchin.yaml': capuchin, '/etc/policies/ingest.yaml': policy })
  const outcome = loadConfiguration('/etc/capuchin.yaml', { files, machine: { cores: 2 } })
  return outcome.kind === 'loaded' ? [] : outcome.problems.map(sayProblem)
}

const isTaken = (capuchin: string, policy: string): boolean => problemsOf(capuchin, policy).length === 0

describe('schema and check are of one mind', () => {
  test('about what is sound', () => {
    expect([isPolicy(sound), isSettings(settings), isTaken(settings, sound)]).toEqual([true, true, true])
  })

  test.for([
    ['a workload without a name', 'workload: ingest', ''],
    ['a name in capitals', 'workload: ingest', 'workload: Ingest'],
    ['a key that does not exist', 'window: 5m', 'windows: 5m'],
    ['a duration without a unit', 'window: 5m', 'window: 5'],
    ['a duration in words', 'window: 5m', 'window: five minutes'],
    ['a duration with its units in the wrong order', 'window: 5m', 'window: 30s5m'],
    ['an empty duration', 'hold: 10m', 'hold: ""'],
    ['no time at all where some has to pass', 'every: 5s', 'every: 0s'],
    ['half an instance', 'min: 2', 'min: 1.5'],
    ['less than no instance', 'min: 2', 'min: -1'],
    ['more than a pool can have', 'max: 6', 'max: 1000000'],
    ['a number in quotes', 'slots: 1', 'slots: "1"'],
    ['a command that is a text', 'command: [node, ingest.ts', 'image: x\n  command: node #['],
    ['a command of nothing', 'command: [node, ingest.ts', 'image: x\n  command: [] #['],
    ['a path that is none', 'http: /ready', 'http: ready'],
    ['a variable that cannot be one', 'MODE: file', 'MO-DE: file'],
    ['a unit that nobody knows', 'unit: cores', 'unit: core'],
    ['a key of a strategy that it does not have', 'above: 70', 'bove: 70'],
    ['a bound in words', 'above: 70', 'above: high'],
    ['a rule without a strategy', 'integral: { above: 70, below: 30 }', 'coverage: 80'],
    ['rules that are a mapping', '  - name: cpu', '    name: cpu'],
    ['more of the window than all of it', 'window: 5m', 'window: 5m\n    coverage: 101'],
  ] as const)('a policy with %s', ([_name, text, other]) => {
    const policy = soundBut(text, other)
    expect([isPolicy(policy), isTaken(settings, policy)]).toEqual([false, false])
  })

  test.for([
    ['no pool', settings.slice(settings.indexOf('pools'), settings.indexOf('store')), ''],
    ['a key that does not exist', 'tick: 15s', 'tock: 15s'],
    ['a tick without a unit', 'tick: 15s', 'tick: 15'],
    ['a source of no known kind', 'type: scrape', 'type: scraping'],
    ['a key of another kind of source', 'interval: 15s', 'url: http://127.0.0.1'],
    ['a source that nobody can reach', 'type: scrape', 'type: prometheus'],
    ['a provider that there is not', 'provider: process', 'provider: proces'],
    ['a pool without slots', 'slots: 3, ', ''],
    ['a pool with a key of its hosts', 'slots: 3', 'slots: 3, max: 3'],
    ['a cloud whose cores nobody knows', 'provider: process', 'provider: memory'],
    ['a store without a folder', ', dir: ./state', ''],
    ['a source with a name in capitals', 'main:', 'Main:'],
  ] as const)('settings with %s', ([_name, text, other]) => {
    const wrong = settings.replace(text, other)
    expect(wrong).not.toBe(settings)
    expect([isSettings(wrong), isTaken(wrong, sound)]).toEqual([false, false])
  })
})
