import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { copyProject } from './project-copy.ts'

const Named = z.array(z.object({ name: z.string() }))
const Report = z.object({
  issues: z.array(
    z.object({
      file: z.string(),
      files: Named,
      exports: Named,
      types: Named,
      unlisted: Named,
      dependencies: Named,
    }),
  ),
})
type Issue = z.infer<typeof Report>['issues'][number]

const used = `export const read = 1
export const unread = 2
export type Unread = string
`
const user = `import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { read } from '../controller/loop/planted.ts'

test('uses', () => expect([read, rolldown]).toBe(1))
`

// All are planted into one copy and knip runs once.
describe('the gate against unused code', () => {
  let code: number | null
  let issues: Issue[]
  beforeAll(async () => {
    const copy = await copyProject()
    await copy.plant('controller/loop/planted.ts', used)
    await copy.plant('test/planted.test.ts', user)
    await copy.plant('ingest/planted-unused.ts', 'export const one = 1\n')
    await copy.edit('package.json', (text) => text.replace('"dependencies": {', '$& "left-pad": "1.3.0",'))
    const verdict = await copy.run('check:unused', ['--reporter=json'])
    code = verdict.code
    issues = Report.parse(JSON.parse(verdict.output)).issues
  })
  const names = (file: string, kind: Exclude<keyof Issue, 'file'>): string[] =>
    issues.filter((issue) => issue.file === file).flatMap((issue) => issue[kind].map(({ name }) => name))

  test('fails', () => expect(code).toBe(1))
  test('names a file that nothing imports', () => {
    expect(names('ingest/planted-unused.ts', 'files')).toEqual(['ingest/planted-unused.ts'])
  })
  test('names an export that nothing imports, and not the one beside it', () => {
    expect(names('controller/loop/planted.ts', 'exports')).toEqual(['unread'])
    expect(names('controller/loop/planted.ts', 'types')).toEqual(['Unread'])
  })
  test('names a package that package.json does not declare', () => {
    expect(names('test/planted.test.ts', 'unlisted')).toEqual(['rolldown'])
  })
  test('names a declared package that nothing uses', () => {
    expect(names('package.json', 'dependencies')).toContain('left-pad')
  })
})
