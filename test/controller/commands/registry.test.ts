import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../../controller/commands/index.ts'
import { filesOf } from '../policy/support.ts'
import { witness } from './support.ts'

const folder = new URL('../../../controller/commands/', import.meta.url)

test('every command is registered, and its file is named like it', async () => {
  const found: string[] = []
  for (const file of readdirSync(folder)) {
    if (file === 'index.ts') continue
    const exported: object = await import(new URL(file, folder).href)
    for (const value of Object.values(exported)) {
      if (typeof value === 'object' && value !== null && 'summary' in value)
        found.push(`${value.name}.ts`, file)
    }
  }
  const expected = Object.keys(commands).flatMap((name) => [`${name}.ts`, `${name}.ts`])
  expect(found.toSorted()).toEqual(expected.toSorted())
})

/** What reads no files of an operator has no use for the settings. */
const withoutSettings = ['schema', 'relay', 'completion', 'complete']

test.for(Object.entries(commands).map(([name, load]) => ({ name, load })))(
  '$name has help with --json, the settings and documented exit codes',
  async ({ name, load }) => {
    const command = await load()
    expect(command.name).toBe(name)
    const context = witness(filesOf({}))
    expect(await command.run(['--help'], context)).toBe(0)
    const help = context.written.join('\n')
    expect(help).toMatch(new RegExp(`^capuchin ${name} `))
    const config = withoutSettings.includes(name) ? [] : ['--config FILE']
    for (const part of ['--help', '--json', ...config, 'Exit codes:\n  0  ']) expect(help).toContain(part)
    expect(await command.run(['--no-such-option'], context)).toBe(2)
  },
)
