import { expect, test } from 'vitest'
import { commands } from '../../controller/commands/index.ts'
import { runbook } from './rule-files.ts'

test('every command that the runbook names is there, with the options that it is given', async () => {
  const text = await runbook()
  const named = [...text.matchAll(/^ {4}\$ capuchin (\w+)([^#\n]*)|`capuchin (\w+)([^`]*)`/gm)]
  expect(named.length).toBeGreaterThan(40)
  for (const [said, block, blockRest, inline, inlineRest] of named) {
    const name = block ?? inline ?? ''
    const load = commands[name]
    expect(load, said).toBeDefined()
    const options = Object.keys((await load?.())?.options ?? {})
    for (const [, option = ''] of `${blockRest ?? ''}${inlineRest ?? ''}`.matchAll(/ --([a-z-]+)/g))
      expect(options, said).toContain(option)
  }
})
