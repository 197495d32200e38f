import * as promises from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoreSettings } from '../../../controller/store/index.ts'
import { readFileStore } from '../../../controller/store/peek.ts'
import { stateOf } from '../../contract/store.ts'
import { storeDeps } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'

test('every store on disk is registered', async () => {
  const defined: string[] = []
  for (const name of await promises.readdir('controller/store')) {
    const text = await promises.readFile(join('controller/store', name), 'utf8')
    if (/= defineStore\(/.test(text)) defined.push(name.replace('.ts', ''))
  }
  const registered = StoreSettings.options.map(({ in: { shape } }) => shape.type.value)
  expect(registered.toSorted()).toEqual(defined.toSorted())
})

test('parsing the settings yields a store that opens', async () => {
  const dir = await tempFolder('store')
  for (const setting of [{ type: 'file', dir }, { type: 'memory' }]) {
    const outcome = await StoreSettings.parse(setting).open(storeDeps())
    expect(outcome).toMatchObject({ kind: 'open', store: { epoch: 1 } })
  }
})

test('an unknown store and a key nobody knows are refused', () => {
  expect(StoreSettings.safeParse({ type: 'floppy' }).success).toBe(false)
  expect(StoreSettings.safeParse({ type: 'file', dir: 'x', folder: 'y' }).success).toBe(false)
})

test('a peek sees the last save while the store is held, and changes nothing', async () => {
  const dir = await tempFolder('peek')
  expect(await readFileStore(dir, promises, process.pid)).toEqual({ kind: 'none' })
  const outcome = await StoreSettings.parse({ type: 'file', dir }).open(storeDeps())
  if (outcome.kind !== 'open') throw new Error(outcome.detail)
  await outcome.store.save(0, stateOf(5))
  const held = { holder: { pid: process.pid, presence: 'alive' } }
  const seen = { kind: 'state', epoch: 1, revision: 1, state: stateOf(5) }
  expect(await readFileStore(dir, promises, process.pid)).toEqual({ ...seen, ...held })
  expect(await outcome.store.save(1, stateOf(6))).toEqual({ kind: 'saved', revision: 2 })
  await outcome.store.close()
  expect(await readFileStore(dir, promises, process.pid)).toEqual({ ...seen, revision: 2, state: stateOf(6) })
})

test('a peek at a broken file says what is wrong', async () => {
  const dir = await tempFolder('peek')
  await promises.writeFile(join(dir, 'state.json'), '{')
  expect(await readFileStore(dir, promises, process.pid)).toMatchObject({ kind: 'refused', reason: 'broken' })
})
