import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { diskFiles } from '../../controller/files.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'capuchin-files-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('files of the disk are listed and read', () => {
  const dir = folder()
  writeFileSync(join(dir, 'a.yaml'), 'größe: 1\n')
  expect(diskFiles.list(dir)).toEqual(['a.yaml'])
  expect(diskFiles.read(join(dir, 'a.yaml'))).toBe('größe: 1\n')
})

test('a file that cannot be a policy is not read into memory', () => {
  const path = join(folder(), 'dump.yaml')
  writeFileSync(path, 'x'.repeat(1_000_001))
  expect(() => diskFiles.read(path)).toThrow('1000001 bytes are more than 1000000')
})

test('what is not there, or is a folder, throws what Node throws', () => {
  expect(() => diskFiles.list('/nowhere/at/all')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  expect(() => diskFiles.read(folder())).toThrow(expect.objectContaining({ code: 'EISDIR' }))
})
