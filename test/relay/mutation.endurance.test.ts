import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { openRelay } from '../../relay/relay.ts'
import { tempFolder } from '../support/process.ts'
import { tellFullBuffer } from './full-buffer.ts'
import { type Mutant, mutants } from './mutants.ts'
import { tellRandomStory } from './random-story.ts'

/** The relay with a mistake planted in it. */
const withMistake = async ({ file, find, put }: Mutant): Promise<typeof openRelay> => {
  const folder = await tempFolder('mutant')
  await cp(join(import.meta.dirname, '../../relay'), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const source = await readFile(join(folder, file), 'utf8')
  expect(source.split(find)).toHaveLength(2)
  await writeFile(join(folder, file), source.replace(find, put))
  const planted: { openRelay: typeof openRelay } = await import(join(folder, 'relay.ts'))
  return planted.openRelay
}

/** Stories are told until one finds it. */
const found = async ({ story }: Mutant, open: typeof openRelay): Promise<string[]> => {
  if (story === 'full') return await tellFullBuffer(open)
  for (let seed = 0; seed < 30; seed++) {
    const { faults } = await tellRandomStory(seed, open, 45)
    if (faults.length > 0) return faults
  }
  return []
}

test.for(mutants)('stories find: $name', async (mutant) => {
  const faults = await found(mutant, await withMistake(mutant))
  expect(faults).not.toEqual([])
})
