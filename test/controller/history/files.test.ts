import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blocksBackward } from '../../../controller/history/files.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'

async function backward(path: string, size?: number): Promise<{ text: string; offset: number }[]> {
  const lines: { text: string; offset: number }[] = []
  for await (const block of blocksBackward(realDisk().fs, path, size)) lines.push(...block)
  return lines
}

test('lines come from the last to the first, each with its offset', async () => {
  const path = join(await tempFolder('lines'), 'file')
  await writeFile(path, 'one\ntwo\n\nthree')
  expect(await backward(path)).toEqual([
    { text: 'three', offset: 9 },
    { text: 'two', offset: 4 },
    { text: 'one', offset: 0 },
  ])
  expect(await backward(path, 8)).toEqual([
    { text: 'two', offset: 4 },
    { text: 'one', offset: 0 },
  ])
})

test('a file that is not there has no lines', async () => {
  expect(await backward(join(await tempFolder('lines'), 'missing'))).toEqual([])
})

test('whatever the lengths of lines, all come back whole', async () => {
  const path = join(await tempFolder('lines'), 'file')
  // Around the size of a block, where lines are cut, and of characters of several bytes.
  const length = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(65_535, 65_536, 65_537, 131_072, 200_000),
  )
  const line = fc.tuple(length, fc.constantFrom('x', 'ж', '€')).map(([times, letter]) => letter.repeat(times))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.boolean(), async (lines, ended) => {
      await writeFile(path, lines.join('\n') + (ended ? '\n' : ''))
      const read = (await backward(path)).reverse()
      expect(read.map(({ text }) => text)).toEqual(lines)
      const offsets = lines.map((_, i) =>
        Buffer.byteLength(
          lines
            .slice(0, i)
            .map((text) => `${text}\n`)
            .join(''),
        ),
      )
      expect(read.map(({ offset }) => offset)).toEqual(offsets)
    }),
    { numRuns: 30 },
  )
})
