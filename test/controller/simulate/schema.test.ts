import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { fileKinds } from '../../../controller/schema/schemas.ts'
import { parseScenarios } from '../../../controller/simulate/parse.ts'

const kind = fileKinds.find(({ name }) => name === 'scenarios')
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false })
const isScenarios = ajv.compile(kind?.schema() ?? false)

const shipped = readdirSync('policies').filter((name) => name.endsWith('.test.yaml'))

describe('what an editor says of scenarios', () => {
  test.each(shipped)('policies/%s is sound, and its first line leads to the schema', (file) => {
    const text = readFileSync(`policies/${file}`, 'utf8')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schemas/scenarios.schema.json')
    expect(isScenarios(parse(text))).toBe(true)
  })

  test('the example of the reference page is sound, for the schema and for the parser', () => {
    const text = readFileSync('scripts/reference/scenarios.example.yaml', 'utf8')
    expect(isScenarios(parse(text))).toBe(true)
    expect(parseScenarios(text, 'example')).toMatchObject({ kind: 'file' })
  })

  test.each([
    ['a wrong key', '{ name: it, expects: [{ size: 2 }] }'],
    ['an event that is none', '{ name: it, events: [{ at: 3m, quta: 2 }], expect: [{ size: 2 }] }'],
    ['a reason that is none', '{ name: it, expect: [{ reason: inside }] }'],
    ['nothing expected', '{ name: it }'],
  ])('%s is marked', (_, scenario) => {
    const text = `scenarios: [${scenario}]`
    expect(isScenarios(parse(text))).toBe(false)
    expect(parseScenarios(text, 'file')).toMatchObject({ kind: 'broken' })
  })
})
