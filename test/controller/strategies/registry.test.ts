import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { strategies } from '../../../controller/strategies/index.ts'

test('every strategy file is registered, and every registered one has its file and its tests', () => {
  const registered = Object.keys(strategies).sort()
  const others = ['index.ts', 'strategy.ts', 'registry.test.ts']
  const named = (folder: string, end: string) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(end) && !others.includes(file))
      // A strategy may have parts in files of their own beside it: NAME-PART.ts.
      .filter((file) => !registered.some((name) => file.startsWith(`${name}-`)))
      .map((file) => file.slice(0, -end.length))
      .sort()
  expect(named('controller/strategies', '.ts')).toEqual(registered)
  expect(named('test/controller/strategies', '.test.ts')).toEqual(registered)
})
