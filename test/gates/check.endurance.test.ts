import { describe, expect, test } from 'vitest'
import { copyProject } from './project-copy.ts'

// The gates one by one are in the files beside this one; here is that `npm run check` runs them all.
describe('npm run check', () => {
  test('passes on the project as it is', async () => {
    const copy = await copyProject()
    const { code, output, errors } = await copy.run('check')
    expect(code, output + errors).toBe(0)
  })

  test.for([
    {
      name: 'a lint rule that only warns',
      path: 'controller/loop/planted.ts',
      content: 'export const count = (list: number[], unread: number): number => list.length\n',
      said: 'noUnusedFunctionParameters',
    },
    {
      name: 'a promise of Node that nobody awaits',
      path: 'test/planted.test.ts',
      content:
        "import { rm } from 'node:fs/promises'\nimport { test } from 'vitest'\n\ntest('removes', () => {\n  rm('/nowhere')\n})\n",
      said: 'no-floating-promises',
    },
    {
      name: 'a type error',
      path: 'test/planted.test.ts',
      content:
        "import { expect, test } from 'vitest'\n\nconst one: number = 'one'\n\ntest('one', () => expect(one).toBe(1))\n",
      said: 'TS2322',
    },
    {
      name: 'a file that nothing imports',
      path: 'controller/loop/planted.ts',
      content: 'export const one = 1\n',
      said: 'Unused files',
    },
  ])('fails for $name', async ({ path, content, said }) => {
    const copy = await copyProject()
    await copy.plant(path, content)
    const { code, output, errors } = await copy.run('check')
    expect(code).not.toBe(0)
    expect(output + errors).toContain(said)
  })
})
