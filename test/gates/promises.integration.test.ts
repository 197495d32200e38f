import { expect, test } from 'vitest'
import { copyProject } from './project-copy.ts'

// Biome sees the promises of the project's own functions only (see style.ts); these come from Node and from a package.
const floating = `import { writeFile } from 'node:fs/promises'
import Fastify from 'fastify'

export const open = (): void => {
  writeFile('/nowhere', '')
}
export const listen = (): void => {
  Fastify().listen()
}
`
const misused = `import { stat } from 'node:fs/promises'

export const exists = (path: string): boolean => {
  if (stat(path)) return true
  return false
}
`

test('the promises gate finds promises that nobody awaits, whoever made them', async () => {
  const copy = await copyProject()
  await copy.plant('controller/loop/floating.ts', floating)
  await copy.plant('ingest/gateway/misused.ts', misused)
  const { code, output } = await copy.run('check:promises', ['--format=unix'])
  expect(code).toBe(1)
  const seen = output.split('\n').filter((line) => line.includes('.ts:'))
  expect(seen.sort()).toEqual([
    expect.stringMatching(/^controller\/loop\/floating\.ts:5:.*no-floating-promises/),
    expect.stringMatching(/^controller\/loop\/floating\.ts:8:.*no-floating-promises/),
    expect.stringMatching(/^ingest\/gateway\/misused\.ts:4:.*no-misused-promises/),
  ])
})
