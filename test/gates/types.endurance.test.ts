import { beforeAll, describe, expect, test } from 'vitest'
import { copyProject, type Verdict } from './project-copy.ts'

const list = 'const list: string[] = []\n'

/** A file to plant, and the compiler's one error in it. */
const plants: { name: string; path: string; content: string; error: string }[] = [
  {
    name: 'a value of another type',
    path: 'controller/loop/planted-type.ts',
    content: "export const one: number = 'one'\n",
    error: 'TS2322',
  },
  {
    name: 'an enum, which Node cannot run',
    path: 'controller/loop/planted-enum.ts',
    content: 'export enum Size {\n  small = 0,\n}\n',
    error: 'TS1294',
  },
  {
    name: 'an element that may not be there',
    path: 'ingest/planted-index.ts',
    content: `${list}export const first: string = list[0]\n`,
    error: 'TS2322',
  },
  {
    name: 'undefined for an optional property',
    path: 'demo/planted-optional.ts',
    content: 'export const one: { name?: string } = { name: undefined }\n',
    error: 'TS2375',
  },
  {
    name: 'a variable nobody reads',
    path: 'test/planted-unused.ts',
    content: `${list}export {}\n`,
    error: 'TS6133',
  },
  {
    name: 'a type imported as a value, which Node cannot run',
    path: 'scripts/planted-interface.ts',
    content:
      "import { AddressInfo } from 'node:net'\n\nexport const port = (at: AddressInfo): number => at.port\n",
    error: 'TS1484',
  },
]

// All are planted into one copy and the compiler runs once.
describe('the types gate', () => {
  let verdict: Verdict
  beforeAll(async () => {
    const copy = await copyProject()
    for (const { path, content } of plants) await copy.plant(path, content)
    verdict = await copy.run('check:types')
  })

  test('fails', () => expect(verdict.code).not.toBe(0))

  test.for(plants)('$name', ({ path, error }) => {
    const seen = verdict.output.split('\n').filter((line) => line.startsWith(path))
    expect(seen).toEqual([expect.stringContaining(`error ${error}:`)])
  })
})
