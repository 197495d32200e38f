import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFileStore } from '../../../controller/store/file.ts'
import type { FileSystem } from '../../../controller/store/file-system.ts'
import { formatSaved } from '../../../controller/store/saved.ts'
import type { OpenOutcome, Store } from '../../../controller/store/store.ts'
import { stateOf, storeContract } from '../../contract/store.ts'
import { realDisk, storeDeps } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'

storeContract('the file store', async () => {
  const dir = await tempFolder('store')
  const disk = realDisk()
  return {
    open: () => openFileStore({ ...storeDeps(disk.fs), dir }),
    vanish: () => rm(join(dir, 'lock'), { recursive: true }),
    fill: disk.fill,
    repair: disk.repair,
  }
})

const open = (dir: string, fs?: FileSystem): Promise<OpenOutcome> => openFileStore({ ...storeDeps(fs), dir })

async function opened(dir: string): Promise<Store> {
  const outcome = await open(dir)
  if (outcome.kind === 'open') return outcome.store
  throw new Error(outcome.detail)
}

test('the state folder is made, and what is in it is for its owner only', async () => {
  const dir = join(await tempFolder('store'), 'state')
  const store = await opened(dir)
  await store.save(0, stateOf(1))
  await store.close()
  await opened(dir)
  expect((await stat(dir)).mode & 0o700).toBe(0o700)
  for (const name of ['state.json', 'state.previous.json'])
    expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600)
})

test('a second opening in the same process is refused, and possible after the close', async () => {
  const dir = await tempFolder('store')
  const store = await opened(dir)
  expect(await open(dir)).toEqual({
    kind: 'refused',
    reason: 'locked',
    detail: `${dir} is in use by this very process`,
  })
  await store.close()
  expect(await open(dir)).toMatchObject({ kind: 'open' })
})

test('a closed store leaves two files and no lock', async () => {
  const dir = await tempFolder('store')
  await (await opened(dir)).close()
  await (await opened(dir)).close()
  expect((await readdir(dir)).toSorted()).toEqual(['state.json', 'state.previous.json'])
})

test('saving the same object writes nothing', async () => {
  const dir = await tempFolder('store')
  const store = await opened(dir)
  await store.save(0, stateOf(1))
  const before = await stat(join(dir, 'state.json'))
  const { revision, state } = await store.load()
  await store.save(revision, state)
  const after = await stat(join(dir, 'state.json'))
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
})

test('a temporary file that a power cut tore is ignored and replaced', async () => {
  const dir = await tempFolder('store')
  const store = await opened(dir)
  await store.save(0, stateOf(1))
  await store.close()
  await writeFile(join(dir, 'state.AbCdEf.tmp'), '{"version":1,"epo')
  const next = await opened(dir)
  expect(await next.load()).toEqual({ revision: 1, state: stateOf(1) })
  expect(await next.save(1, stateOf(2))).toEqual({ kind: 'saved', revision: 2 })
  expect((await readdir(dir)).toSorted()).toEqual(['lock', 'state.json', 'state.previous.json'])
})

test('a holder that is overtaken in the middle of a save does not put the old over the new', async () => {
  const dir = await tempFolder('store')
  const disk = realDisk()
  let frozen = async (): Promise<void> => {}
  const slow: FileSystem = {
    ...disk.fs,
    open: async (path, flags, mode) => {
      const handle = await disk.fs.open(path, flags, mode)
      if (String(path).endsWith('.tmp')) handle.sync = () => frozen()
      return handle
    },
  }
  const outcome = await open(dir, slow)
  if (outcome.kind !== 'open') throw new Error(outcome.detail)
  let present: Store | undefined
  frozen = async () => {
    await rm(join(dir, 'lock'), { recursive: true })
    present = await opened(dir)
    await present.save(0, stateOf(7))
  }
  expect(await outcome.store.save(0, stateOf(1))).toEqual({ kind: 'fenced', epoch: 2 })
  await present?.close()
  expect(await (await opened(dir)).load()).toEqual({ revision: 1, state: stateOf(7) })
})

test('a save that fails leaves nothing of itself on the disk', async () => {
  const dir = await tempFolder('store')
  const disk = realDisk()
  const broken: FileSystem = {
    ...disk.fs,
    open: async (path, flags, mode) => {
      const handle = await disk.fs.open(path, flags, mode)
      if (String(path).endsWith('.tmp'))
        handle.sync = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
      return handle
    },
  }
  await (await opened(dir)).close()
  const before = await readFile(join(dir, 'state.json'), 'utf8')
  expect(await open(dir, broken)).toEqual({
    kind: 'refused',
    reason: 'unwritable',
    detail: `${dir}: the disk is full: free space on it (ENOSPC)`,
  })
  expect(await readFile(join(dir, 'state.json'), 'utf8')).toBe(before)
  expect(await readdir(dir)).toEqual(['state.json'])
})

test.for([
  { name: 'torn in the middle', text: '{"version":1,"epoch":3,"rev', says: /JSON/ },
  { name: 'empty', text: '', says: /it is empty/ },
  { name: 'not ours', text: '[]', says: /expected object/ },
  {
    name: 'with a field nobody knows',
    text: formatSaved({ version: 1, epoch: 1, revision: 1, state: stateOf(1) }).replace(
      '"counter"',
      '"coutner"',
    ),
    says: /state\.counter: .*; state: Unrecognized key: "coutner"/,
  },
  {
    name: 'with a host under another name',
    text: formatSaved({ version: 1, epoch: 1, revision: 1, state: stateOf(1) }).replace(
      '"intents": {}',
      '"intents": {"a":{"id":"b","kind":"create-host","host":"h","pool":"p","at":1,"attempts":0,"notBefore":0}}',
    ),
    says: /state\.intents: a key is not that of its record/,
  },
])('a state file that is $name is refused as broken with its place, and left alone', async (row) => {
  const dir = await tempFolder('store')
  await writeFile(join(dir, 'state.json'), row.text)
  const outcome = await open(dir)
  expect(outcome).toMatchObject({ kind: 'refused', reason: 'broken' })
  expect(outcome).toHaveProperty('detail', expect.stringMatching(row.says))
  expect(outcome).toHaveProperty('detail', expect.stringContaining(join(dir, 'state.json')))
  expect(await readFile(join(dir, 'state.json'), 'utf8')).toBe(row.text)
  expect(await readdir(dir)).toEqual(['state.json'])
})

test('a broken file names the good copy of the last start, which is never used by itself', async () => {
  const dir = await tempFolder('store')
  const store = await opened(dir)
  await store.save(0, stateOf(1))
  await store.close()
  await (await opened(dir)).close()
  await writeFile(join(dir, 'state.json'), '{')
  const outcome = await open(dir)
  const copy = `copy ${join(dir, 'state.previous.json')} (as of the last start, epoch 1, revision 1) over it`
  expect(outcome).toMatchObject({ kind: 'refused', reason: 'broken' })
  expect(outcome).toHaveProperty('detail', expect.stringContaining(copy))
})

test('a state file that is gone is no first start', async () => {
  const dir = await tempFolder('store')
  await (await opened(dir)).close()
  await (await opened(dir)).close()
  await rm(join(dir, 'state.json'))
  expect(await open(dir)).toMatchObject({
    kind: 'refused',
    reason: 'broken',
    detail: expect.stringMatching(/it is gone, though there was one/),
  })
})

test.for([
  { name: 'of the file', version: 2, state: 1 },
  { name: 'of the state in it', version: 1, state: 3 },
])('a newer version $name is refused and left alone', async ({ version, state }) => {
  const dir = await tempFolder('store')
  const text = JSON.stringify({ version, epoch: 4, state: { version: state, unheardOf: true } })
  await writeFile(join(dir, 'state.json'), text)
  expect(await open(dir)).toEqual({
    kind: 'refused',
    reason: 'newer',
    detail: `${join(dir, 'state.json')}: it has version ${Math.max(version, state)}, this Capuchin knows version 1: start the release that wrote it, or a later one`,
  })
  expect(await readFile(join(dir, 'state.json'), 'utf8')).toBe(text)
})

test.for([
  { name: 'whose parent is not there', path: 'missing/state', says: /does not exist: create it/ },
  { name: 'below a file', path: 'a-file/state', says: /not a folder: correct the path/ },
  { name: 'that is a file', path: 'a-file', says: /not a folder: correct the path/ },
])('a state folder $name is refused with the remedy', async ({ path, says }) => {
  const parent = await tempFolder('store')
  await writeFile(join(parent, 'a-file'), '')
  expect(await open(join(parent, path))).toMatchObject({
    kind: 'refused',
    reason: 'unwritable',
    detail: expect.stringMatching(says),
  })
})

test('a lock folder that somebody emptied or that holds rubbish does not keep the store shut', async () => {
  const dir = await tempFolder('store')
  await mkdir(join(dir, 'lock'))
  await (await opened(dir)).close()
  await mkdir(join(dir, 'lock'))
  await writeFile(join(dir, 'lock', 'note'), 'hello')
  const outcome = await openFileStore({ ...storeDeps(), sleep: async () => {}, dir })
  expect(outcome).toMatchObject({ kind: 'open' })
})
