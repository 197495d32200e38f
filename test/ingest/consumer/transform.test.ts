import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadTransform } from '../../../ingest/consumer/transform.ts'
import { tempFolder } from '../../support/process.ts'

const fileWith = async (text: string): Promise<string> => {
  const file = join(await tempFolder('transform'), 'transform.mjs')
  await writeFile(file, text)
  return file
}

test('the export transform of a module is loaded', async () => {
  const loaded = await loadTransform(
    await fileWith('export const transform = (event) => ({ ...event, b: 2 })'),
  )
  const meta = { topic: 'loader', partition: 0, offset: 0, timestamp: 0, id: '' }
  expect(loaded.kind === 'loaded' && loaded.transform({ a: 1 }, meta)).toEqual({ a: 1, b: 2 })
})

test.for([
  { name: 'without the export', text: 'export const other = 1', why: /has no export `transform`/ },
  { name: 'with one that is no function', text: 'export const transform = 1', why: /no export `transform`/ },
  { name: 'with an async one', text: 'export const transform = async () => {}', why: /answer at once/ },
  { name: 'that throws', text: 'throw new Error("no table")', why: /cannot be loaded: no table/ },
])('a module $name is refused', async ({ text, why }) => {
  const file = await fileWith(text)
  expect(await loadTransform(file)).toEqual({ kind: 'refused', why: expect.stringMatching(why) })
})

test('a file that is not there is refused by its name', async () => {
  expect(await loadTransform('/nowhere/transform.ts')).toMatchObject({
    why: expect.stringMatching(/--transform \/nowhere/),
  })
})
