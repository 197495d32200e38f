import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signatureOfFile, signatureOfPolicies } from '../../../controller/reload/signature.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capuchin-signature-'))
  mkdirSync(join(folder, 'v1'))
  writeFileSync(join(folder, 'v1', 'a.yaml'), 'a: 1')
  symlinkSync('v1', join(folder, 'data'))
  writeFileSync(join(folder, 'b.yaml'), 'b: 1')
  symlinkSync('data/a.yaml', join(folder, 'a.yaml'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const sign = () => signatureOfPolicies(fs, folder)
const inFolder = (name: string): string => join(folder, name)

describe('a change of the signature', () => {
  test.for<{ name: string; act: () => void; isOther: boolean }>([
    { name: 'nothing happens', act() {}, isOther: false },
    { name: 'a file grows', act: () => appendFileSync(inFolder('b.yaml'), 'x'), isOther: true },
    {
      name: 'an editor writes the same size and puts it in place by a rename',
      act() {
        writeFileSync(inFolder('b.yaml~'), 'b: 2')
        renameSync(inFolder('b.yaml~'), inFolder('b.yaml'))
      },
      isOther: true,
    },
    {
      name: 'the same size is written in place and the former time is put back',
      act() {
        writeFileSync(inFolder('b.yaml'), 'b: 2')
        utimesSync(inFolder('b.yaml'), 0, 0)
      },
      isOther: true,
    },
    { name: 'a file comes', act: () => writeFileSync(inFolder('c.yaml'), 'c: 1'), isOther: true },
    { name: 'a file goes', act: () => rmSync(inFolder('b.yaml')), isOther: true },
    {
      name: 'a file is renamed',
      act: () => renameSync(inFolder('b.yaml'), inFolder('z.yaml')),
      isOther: true,
    },
    {
      name: 'a folder behind a symbolic link is swapped, as a ConfigMap is',
      act() {
        mkdirSync(inFolder('v2'))
        writeFileSync(join(folder, 'v2', 'a.yaml'), 'a: 2')
        symlinkSync('v2', inFolder('data.new'))
        renameSync(inFolder('data.new'), inFolder('data'))
      },
      isOther: true,
    },
    { name: 'the folder is gone', act: () => rmSync(folder, { recursive: true }), isOther: true },
    { name: 'a scenario test comes', act: () => writeFileSync(inFolder('a.test.yaml'), ''), isOther: false },
    {
      name: 'an editor keeps a file of its own',
      act: () => writeFileSync(inFolder('.b.yaml.swp'), ''),
      isOther: false,
    },
  ])('$name: $isOther', async ({ act, isOther }) => {
    const before = await sign()
    act()
    const after = await sign()
    mkdirSync(folder, { recursive: true })
    expect(after !== before).toBe(isOther)
  })
})

test('a file that is not there has a signature too', async () => {
  const none = await signatureOfFile(fs, inFolder('none.yaml'))
  expect(none).toBe(await signatureOfFile(fs, inFolder('none.yaml')))
  expect(none).not.toBe(await signatureOfFile(fs, inFolder('b.yaml')))
})
