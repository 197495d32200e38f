import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { layering } from './layering.ts'
import { copyProject } from './project-copy.ts'
import { style } from './style.ts'

const Report = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
})

// All violations are planted into one copy and Biome runs once; each is then asserted by its own file name.
describe('the lint gate', () => {
  let code: number | null
  let found: z.infer<typeof Report>['diagnostics']
  beforeAll(async () => {
    const copy = await copyProject()
    for (const { path, content } of [...style, ...layering]) await copy.plant(path, content)
    const verdict = await copy.run('check:lint', ['--reporter=json', '--max-diagnostics=none'])
    code = verdict.code
    found = Report.parse(JSON.parse(verdict.output)).diagnostics
  })

  test('fails', () => expect(code).toBe(1))

  // A loop rather than test.for, which cuts long titles.
  for (const { name, path, rules } of [...style, ...layering]) {
    test(`${name}: ${rules.join(', ') || 'allowed'}`, () => {
      const seen = found.filter(({ location }) => location.path === path)
      expect([...new Set(seen.map(({ category }) => category))].sort()).toEqual([...rules].sort())
    })
  }
})
