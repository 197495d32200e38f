import { beforeAll, describe, expect, test } from 'vitest'
import { copyProject, type ProjectCopy } from './project-copy.ts'

// A process that runs all of its code and ends at SIGTERM, and a test that leaves half a coverage file beside it.
const child = `const greet = (name: string): string => \`hello \${name}\`

process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1_000)
console.log(greet('test'))
`
const suite = `import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { start } from './support/process.ts'
import { until } from './support/until.ts'

test('starts the child', async () => {
  const folder = process.env['NODE_V8_COVERAGE'] ?? ''
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'coverage-half.json'), '{"result":[')
  const running = await start([process.execPath, 'covered/child.ts'])
  await until(() => running.stdout().includes('hello'))
  await running.stop()
})
`
const planted = 'test/planted.integration.test.ts'

describe('the coverage gate', () => {
  let copy: ProjectCopy
  beforeAll(async () => {
    copy = await copyProject()
    await copy.edit('vitest.config.ts', (text) => text.replace("'controller/**/*.ts'", "'covered/**/*.ts'"))
    await copy.edit('vitest.config.ts', (text) => text.replace(/'ingest[^']*',[^\]]*/, ''))
    await copy.plant('covered/child.ts', child)
    await copy.plant(planted, suite)
  })

  test('counts what ran in a process of a test, and drops what a killed process left', async () => {
    const { code, output, errors } = await copy.run('test', ['--coverage', planted])
    expect(output, errors).toMatch(/Lines +: 100%/)
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 0 skipped')
    expect(code).toBe(0)
  })

  test('fails under 80 % of the lines, files that no test touches included', async () => {
    await copy.plant('covered/unknown.ts', 'export const one = (): number => {\n  return 1\n}\n')
    const { code, output, errors } = await copy.run('test', ['--coverage', planted])
    expect(errors).toMatch(/Coverage for lines \(.*%\) does not meet global threshold \(80%\)/)
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })
})
