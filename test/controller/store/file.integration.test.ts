import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFileStore } from '../../../controller/store/file.ts'
import { readFileStore } from '../../../controller/store/peek.ts'
import { storeDeps } from '../../support/disk.ts'
import { type Running, start, tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'

const child = (...args: readonly string[]): Promise<Running> => start(command(...args))

const command = (...args: readonly string[]): readonly string[] => [
  process.execPath,
  'test/support/store-child.ts',
  ...args,
]

/** The JSON lines that a child has said so far; a line that a SIGKILL cut short is none. */
const said = (running: Running): Record<string, unknown>[] =>
  running
    .stdout()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

async function kill(running: Running): Promise<void> {
  running.signal('SIGKILL')
  await running.exited
}

test('of many processes that start at once exactly one gets the state, also over the lock of one that was killed', async () => {
  const dir = await tempFolder('race')
  for (let round = 1; round <= 6; round++) {
    const moment = String(Date.now() + 1_500)
    const starters = await Promise.all(Array.from({ length: 6 }, () => child('hold', dir, moment)))
    const lines = await Promise.all(
      starters.map((starter) => until(() => said(starter)[0], { within: 20_000, what: 'a starter' })),
    )
    const winners = starters.filter((_, at) => lines[at]?.['kind'] === 'open')
    expect(winners).toHaveLength(1)
    expect(lines.find(({ kind }) => kind === 'open')).toEqual({ kind: 'open', epoch: round })
    for (const line of lines.filter(({ kind }) => kind !== 'open'))
      expect(line).toMatchObject({ kind: 'refused', reason: 'locked' })
    // The next round meets the lock of a process that could not let go of it.
    await Promise.all(starters.map(kill))
  }
  expect((await fs.readdir(join(dir, 'lock'))).length).toBe(1)
})

test('the refusal names the process that holds the folder, also while that one is stopped', async () => {
  const dir = await tempFolder('held')
  const holder = await child('hold', dir)
  await until(() => said(holder)[0])
  holder.signal('SIGSTOP')
  expect(await openFileStore({ ...storeDeps(), dir })).toEqual({
    kind: 'refused',
    reason: 'locked',
    detail: `${dir} is in use by process ${holder.pid}: stop it first (kill ${holder.pid}), or give this controller a state folder of its own`,
  })
  expect(await readFileStore(dir, fs, process.pid)).toMatchObject({
    kind: 'state',
    epoch: 1,
    holder: { pid: holder.pid, presence: 'alive' },
  })
  await kill(holder)
  expect(await readFileStore(dir, fs, process.pid)).toMatchObject({ holder: { presence: 'gone' } })
  expect(await openFileStore({ ...storeDeps(), dir })).toMatchObject({ kind: 'open', store: { epoch: 2 } })
})

test('killed in the middle of saves, the state is the last that was acknowledged or the one in flight, whole', async () => {
  const dir = await tempFolder('killed')
  let acknowledged = 0
  for (let round = 1; round <= 30; round++) {
    const saver = await child('save', dir)
    const target = acknowledged + 1 + (round % 7)
    await until(() => Number(said(saver).at(-1)?.['counter'] ?? 0) >= target, { every: 1 })
    await kill(saver)
    acknowledged = Number(said(saver).at(-1)?.['counter'])
    const found = await readFileStore(dir, fs, process.pid)
    if (found.kind !== 'state') throw new Error(JSON.stringify(found))
    expect([acknowledged, acknowledged + 1]).toContain(found.state.counter)
    expect(found).toMatchObject({ epoch: round, revision: found.state.counter })
    acknowledged = found.state.counter
  }
})

test('a full disk fails a save with the remedy and leaves the former state whole, a read-only one refuses to open', async () => {
  const dir = await tempFolder('full')
  // A mount namespace of its own: the tiny disk goes with the process, and no right to mount is needed outside.
  const script = 'mount -t tmpfs -o size=128k tmpfs "$0" && exec "$@"'
  const running = await start([
    'unshare',
    '--mount',
    '--map-root-user',
    'sh',
    '-c',
    script,
    dir,
    ...command('fill', dir),
  ])
  await running.exited
  expect(running.stderr()).toBe('')
  expect(said(running)).toEqual([
    { kind: 'saved', revision: 1 },
    { kind: 'failed', detail: `${dir}: the disk is full: free space on it (ENOSPC)` },
    { kind: 'whole', same: true },
    { kind: 'refused', reason: 'unwritable', detail: `${dir}: the disk is full: free space on it (ENOSPC)` },
    { kind: 'loaded', revision: 1, counter: 1 },
    { kind: 'saved', revision: 2 },
    {
      kind: 'refused',
      reason: 'unwritable',
      detail: `${dir}: the file system is read-only: remount it, or choose another folder (EROFS)`,
    },
  ])
})
