import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Holder, identify, presence } from '../../../controller/store/holder.ts'
import { takeLock } from '../../../controller/store/lock.ts'
import { realDisk, storeDeps } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'

const self = (): Promise<Holder> => identify(realDisk().fs, process.pid)

/** A lock as a real holder leaves it, which then turns out to be somebody else. */
async function lockedBy(change: Partial<Holder>): Promise<{ dir: string; file: string }> {
  const dir = await tempFolder('lock')
  expect(await takeLock(dir, { ...storeDeps(), every: () => () => {} })).toMatchObject({ kind: 'held' })
  const [name = ''] = await readdir(join(dir, 'lock'))
  const file = join(dir, 'lock', name)
  await writeFile(file, JSON.stringify({ ...(await self()), ...change }))
  return { dir, file }
}

test.for([
  { name: 'a process with this pid started at another time', change: { start: '1' }, expected: 'gone' },
  { name: 'no process has this pid', change: { pid: 2 ** 22 + 1 }, expected: 'gone' },
  { name: 'it was another boot', change: { boot: 'another' }, expected: 'elsewhere' },
  { name: 'it is another container', change: { namespace: 'pid:[1]' }, expected: 'elsewhere' },
  { name: 'it is this process', change: {}, expected: 'alive' },
])('$name: $expected', async ({ change, expected }) => {
  const me = await self()
  expect(await presence(realDisk().fs, { ...me, ...change }, me)).toBe(expected)
})

test('the lock of a process that is gone is taken over at once', async () => {
  const { dir } = await lockedBy({ start: '1' })
  const never = () => Promise.reject(new Error('nobody has to wait'))
  expect(await takeLock(dir, { ...storeDeps(), sleep: never })).toMatchObject({ kind: 'held' })
})

test('a holder that cannot be seen is refused while it touches its file', async () => {
  const { dir, file } = await lockedBy({ boot: 'another', pid: 4711 })
  let beat = 1
  const touch = async () => utimes(file, beat, beat++)
  expect(await takeLock(dir, { ...storeDeps(), sleep: touch })).toEqual({
    kind: 'locked',
    detail: `${dir} is in use by process 4711 of another machine or container: stop it there, or give this controller a state folder of its own`,
  })
})

test('a holder that cannot be seen and is silent is gone', async () => {
  const { dir } = await lockedBy({ namespace: 'pid:[1]' })
  let waited = 0
  const sleep = async (ms: number) => {
    waited += ms
  }
  expect(await takeLock(dir, { ...storeDeps(), sleep })).toMatchObject({ kind: 'held' })
  expect(waited).toBe(4_000)
})

test('a holder touches its file until it lets go', async () => {
  const dir = await tempFolder('lock')
  const beats: (() => void)[] = []
  const every = (_: number, run: () => void) => {
    beats.push(run)
    return () => void beats.splice(0)
  }
  const outcome = await takeLock(dir, { ...storeDeps(), every })
  if (outcome.kind !== 'held') throw new Error(outcome.detail)
  expect(beats).toHaveLength(1)
  const [name = ''] = await realDisk().fs.readdir(join(dir, 'lock'))
  const file = join(dir, 'lock', name)
  await utimes(file, 1, 1)
  beats[0]?.()
  await expect.poll(async () => (await realDisk().fs.stat(file)).mtimeMs).toBeGreaterThan(1_000)
  await outcome.lock.release()
  expect(beats).toHaveLength(0)
  expect(await realDisk().fs.readdir(dir)).toEqual([])
})

test('a late judge cannot remove the file of the starter who was faster', async () => {
  const { dir } = await lockedBy({ start: '1' })
  const { fs } = realDisk()
  let faster: Awaited<ReturnType<typeof takeLock>> | undefined
  // The slower one has judged the holder to be gone; before it acts on it, the faster one takes the lock.
  const rm: typeof fs.rm = async (path, options) => {
    faster ??= await takeLock(dir, storeDeps())
    return fs.rm(path, options)
  }
  const slower = await takeLock(dir, storeDeps({ ...fs, rm }))
  expect(faster).toMatchObject({ kind: 'held' })
  expect(slower).toMatchObject({ kind: 'locked' })
})
