import { describe, expect, test } from 'vitest'
import { emptyState } from '../../../controller/decision/state.ts'
import { type ControllerFacts, judgeController } from '../../../controller/doctor/judge/controller.ts'
import { judgePublished } from '../../../controller/doctor/judge/published.ts'
import { type Folder, judgeFolder, judgeSaved } from '../../../controller/doctor/judge/state.ts'
import { judgeToken, type TokenFacts } from '../../../controller/doctor/judge/token.ts'
import { decision, NOW, status } from '../watch/support.ts'
import { inShort, type Row } from './support.ts'

const GIB = 1024 ** 3
const space = { free: 50 * GIB, total: 100 * GIB, inodes: 1_000_000, inodesFree: 900_000 }
const folder = (given: object = {}): Folder => ({
  ...{ kind: 'folder', path: '/s', mode: 0o40755, uid: 1, me: 1, space },
  ...given,
})

describe('a folder', () => {
  test.for<Row<Folder>>([
    {
      name: 'as it should be',
      facts: folder(),
      says: ['ok: /s can be written, 50.0 GiB of 100.0 GiB are free'],
    },
    {
      name: 'that a first start makes',
      facts: { kind: 'none', path: '/s', parent: true },
      says: ['ok: /s is not there yet; the first start makes it'],
    },
    {
      name: 'whose place is mistyped',
      facts: { kind: 'none', path: '/x/s', parent: false },
      says: ['wrong: /x/s is not there, nor is the folder that it would be in'],
    },
    {
      name: 'without permission',
      facts: folder({ unwritable: 'EACCES' }),
      says: ['wrong: /s cannot be written: EACCES'],
    },
    {
      name: 'of a read-only file system',
      facts: folder({ unwritable: 'EROFS' }),
      says: ['wrong: /s cannot be written: EROFS'],
    },
    {
      name: 'of another user',
      facts: folder({ uid: 0 }),
      says: ['warning: /s belongs to user 0, and you are user 1'],
    },
    {
      name: 'open to everybody',
      facts: folder({ mode: 0o40777 }),
      says: ['warning: /s can be written by everybody (mode 0777)'],
    },
    {
      name: 'on a disk that is nearly full',
      facts: folder({ space: { ...space, free: GIB / 2 } }),
      says: ['warning: the disk of /s has 512 MiB left'],
    },
    {
      name: 'on a full disk',
      facts: folder({ space: { ...space, free: 1024 } }),
      says: ['wrong: the disk of /s has 0 MiB left: nothing could be saved soon'],
    },
    {
      name: 'on a disk without inodes',
      facts: folder({ space: { ...space, inodesFree: 9 } }),
      says: ['wrong: the disk of /s has room for only 9 more files (inodes)'],
    },
    {
      name: 'on a file system that counts none',
      facts: folder({ space: { ...space, inodes: 0, inodesFree: 0 } }),
      says: ['ok: /s can be written, 50.0 GiB of 100.0 GiB are free'],
    },
    {
      name: 'that is a file',
      facts: { kind: 'fault', path: '/s', detail: '/s is not a folder' },
      says: ['wrong: /s is not a folder'],
    },
  ])('$name', ({ facts, says }) => {
    expect(inShort(judgeFolder('state folder', facts))).toEqual(says)
  })
})

const saved = (given: object = {}, lastAt = NOW) => ({
  ...{ kind: 'state' as const, epoch: 3, revision: 7, state: { ...emptyState, lastAt } },
  ...given,
})

describe('the saved state', () => {
  test.for<Row<Parameters<typeof judgeSaved>[0]>>([
    { name: 'sound', facts: saved(), says: ['ok: epoch 3, revision 7, 0 hosts'] },
    { name: 'none yet', facts: { kind: 'none' }, says: ['ok: nothing is saved yet'] },
    {
      name: 'broken',
      facts: { kind: 'refused', reason: 'broken', detail: 'state.json: not JSON' },
      says: ['wrong: state.json: not JSON'],
    },
    {
      name: 'of a time that is still to come',
      facts: saved({}, NOW + 90_000),
      says: [
        'ok: epoch 3, revision 7, 0 hosts',
        "wrong: its last record is 1m30s ahead of this machine's clock, so nothing goes in until that has caught up",
      ],
    },
    {
      name: 'held by another machine',
      facts: saved({ holder: { pid: 7, presence: 'elsewhere' } }),
      says: [
        'ok: epoch 3, revision 7, 0 hosts',
        'warning: its lock is held by process 7 of another machine, container or boot',
      ],
    },
  ])('$name', ({ facts, says }) => {
    expect(inShort(judgeSaved(facts, NOW))).toEqual(says)
  })
})

describe('the token', () => {
  const token = (given: Partial<TokenFacts>): TokenFacts => ({
    path: '/t',
    isOwn: true,
    isRunning: true,
    ...given,
  })
  test.for<Row<TokenFacts>>([
    { name: 'for its owner', facts: token({ mode: 0o100600 }), says: ['ok: /t, for its owner alone'] },
    {
      name: 'for all',
      facts: token({ mode: 0o100644 }),
      says: ['wrong: everybody on this machine may read /t (mode 0644), and with it change everything'],
    },
    {
      name: 'for the group',
      facts: token({ mode: 0o100640 }),
      says: ['warning: its group may read /t (mode 0640)'],
    },
    {
      name: 'too short',
      facts: token({ mode: 0o100600, fault: '/t has to hold 16 characters' }),
      says: ['wrong: /t has to hold 16 characters'],
    },
    {
      name: 'before the first start',
      facts: token({ isRunning: false }),
      says: ['ok: /t is not there yet; the first start makes it'],
    },
    {
      name: 'that was named and is not there',
      facts: token({ isOwn: false, isRunning: false }),
      says: ['wrong: /t is not there, so that nothing can be changed by hand while the controller runs'],
    },
  ])('$name', ({ facts, says }) => {
    expect(inShort(judgeToken(facts))).toEqual(says)
  })
})

describe('published lists', () => {
  const list = (...instances: string[]) => ({ kind: 'list', instances }) as const
  const none = { kind: 'none' } as const
  test.for<Row<Parameters<typeof judgePublished>[0]>>([
    {
      name: 'whole',
      facts: { dir: '/p', ready: list('ingest-1', 'ingest-2'), targets: list(), status: status() },
      says: ['ok: /p lists 2 instances for routers'],
    },
    {
      name: 'one is on its way',
      facts: { dir: '/p', ready: list('ingest-1'), targets: list(), status: status() },
      says: ['ok: /p lists 1 instance for routers (ingest-2 not yet)'],
    },
    {
      name: 'collapsed',
      facts: { dir: '/p', ready: list(), targets: list(), status: status() },
      says: ['wrong: /p/ready.json lists 0 of 2 ready instances: ingest-1, ingest-2 are not in it'],
    },
    {
      name: 'two got ready since the last tick',
      facts: {
        ...{ dir: '/p', ready: list(), targets: list() },
        status: status({
          workloads: [decision({ counts: { ...decision().counts, ready: 0, starting: 2 } })],
        }),
      },
      says: ['ok: /p lists 0 instances for routers (ingest-1, ingest-2 not yet)'],
    },
    {
      name: 'missing while a controller runs',
      facts: { dir: '/p', ready: list('ingest-1', 'ingest-2'), targets: none, status: status() },
      says: ['wrong: /p/instances.json is not there, though a controller runs'],
    },
    {
      name: 'missing before one ran',
      facts: { dir: '/p', ready: none, targets: none, status: undefined },
      says: ['ok: /p has none yet'],
    },
    {
      name: 'torn',
      facts: { dir: '/p', ready: { kind: 'fault', detail: 'x' }, targets: list(), status: undefined },
      says: ['wrong: /p/ready.json cannot be read: x'],
    },
  ])('$name', ({ facts, says }) => {
    expect(inShort(judgePublished(facts))).toEqual(says)
  })
})

describe('the controller', () => {
  const facts = (given: Partial<ControllerFacts>): ControllerFacts => ({
    ...{ url: 'http://c', ahead: 0, isTaken: true, epoch: 3, policies: ['ingest'], now: NOW },
    ...given,
  })
  test.for<Row<ControllerFacts>>([
    {
      name: 'well',
      facts: facts({ status: status() }),
      says: ['ok: it answers at http://c; last tick 4s ago, with the files on disk'],
    },
    {
      name: 'whose clock is another is not silent',
      facts: facts({ status: status({ at: NOW - 604_000 }), ahead: -600_000 }),
      says: ['ok: it answers at http://c; last tick 4s ago, with the files on disk'],
    },
    {
      name: 'silent',
      facts: facts({ status: status({ at: NOW - 600_000 }) }),
      says: ['wrong: no tick for 10m, one every 15s is due'],
    },
    {
      name: 'another one',
      facts: facts({ status: status(), epoch: 9 }),
      says: ['wrong: what answers at http://c has epoch 3, the saved state has 9: it is another controller'],
    },
    {
      name: 'with other policies',
      facts: facts({ status: status(), policies: ['consumer'] }),
      says: [
        'warning: it does not decide on consumer, of which there is a policy',
        'warning: it still decides on ingest, of which there is no policy any more',
      ],
    },
    {
      name: 'with files that are not in force',
      facts: facts({ status: status({ notices: ['x is refused'] }) }),
      says: ['warning: x is refused'],
    },
    {
      name: 'with an alarm',
      facts: facts({ status: status({ workloads: [decision({ alarms: ['at max'] })] }) }),
      says: [
        'ok: it answers at http://c; last tick 4s ago, with the files on disk',
        'warning: ingest: at max',
      ],
    },
    {
      name: 'ill',
      facts: facts({ illness: 'the state cannot be saved' }),
      says: ['wrong: it answers at http://c, and is not well: the state cannot be saved'],
    },
    {
      name: 'not there',
      facts: facts({ isTaken: false }),
      says: ['warning: none runs at http://c: nothing is scaled, and nothing is healed'],
    },
    {
      name: 'alive and mute',
      facts: facts({ holder: 7 }),
      says: ['wrong: process 7 holds the state folder, and does not answer at http://c'],
    },
    {
      name: 'whose port somebody else has',
      facts: facts({ detail: 'it is no controller' }),
      says: ['wrong: somebody else listens where it would (http://c): it is no controller'],
    },
  ])('$name', ({ facts: given, says }) => {
    expect(inShort(judgeController(given))).toEqual(says)
  })
})
