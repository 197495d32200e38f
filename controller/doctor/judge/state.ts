import { duration, plural } from '../../decision/words.ts'
import type { Peek } from '../../store/peek.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** A folder as it is on the disk. Sizes in bytes; `uid`: who owns it, `me`: who asks. */
export type Folder =
  | {
      kind: 'folder'
      path: string
      mode: number
      uid: number
      me: number
      /** Why it cannot be written; absent where it can. */
      unwritable?: string
      space?: { free: number; total: number; inodesFree: number; inodes: number }
    }
  | { kind: 'none'; path: string; parent: boolean }
  | { kind: 'fault'; path: string; detail: string }

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const FULL = 64 * MIB
const TIGHT = GIB
const INODES_FULL = 1_000
const INODES_TIGHT = 10_000

/** Whether a controller could keep what it has to remember. */
export function judgeFolder(about: string, folder: Folder): Remark[] {
  const { ok, warning, wrong } = remarksOn(about)
  const { path } = folder
  if (folder.kind === 'fault')
    return [wrong(folder.detail, 'give the user that runs capuchin access to it, or correct the path')]
  if (folder.kind === 'none') {
    if (folder.parent) return [ok(`${path} is not there yet; the first start makes it`)]
    return [
      wrong(
        `${path} is not there, nor is the folder that it would be in`,
        'create that folder, or correct the path in the settings',
      ),
    ]
  }
  const remarks: Remark[] = []
  const { mode, uid, me, unwritable, space } = folder
  if (unwritable !== undefined)
    remarks.push(wrong(`${path} cannot be written: ${unwritable}`, remedyOf(unwritable)))
  if (uid !== me)
    remarks.push(
      warning(
        `${path} belongs to user ${uid}, and you are user ${me}`,
        'start the controller as its owner (or chown it): files of two users in it end in refusals',
      ),
    )
  if ((mode & 0o002) !== 0)
    remarks.push(warning(`${path} can be written by everybody (mode ${octal(mode)})`, `chmod o-w ${path}`))
  if (space !== undefined) remarks.push(...judgeSpace(about, path, space))
  return remarks.length > 0 ? remarks : [ok(`${path} can be written${sayFree(space)}`)]
}

export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

const remedyOf = (why: string): string =>
  why.includes('EROFS')
    ? 'the file system is read-only: remount it (see the kernel log for why), or choose another folder'
    : 'give the user that runs capuchin write access to it'

type Space = NonNullable<Extract<Folder, { kind: 'folder' }>['space']>

function judgeSpace(about: string, path: string, { free, inodesFree, inodes }: Space): Remark[] {
  const { warning, wrong } = remarksOn(about)
  const remedy = 'free space on that disk, or move the folder'
  const said = `the disk of ${path} has ${size(free)} left`
  const remarks: Remark[] = []
  if (free < FULL) remarks.push(wrong(`${said}: nothing could be saved soon`, remedy))
  else if (free < TIGHT) remarks.push(warning(said, remedy))
  // Some file systems count none.
  if (inodes > 0 && inodesFree < INODES_TIGHT) {
    const few = `the disk of ${path} has room for only ${plural(inodesFree, 'more file')} (inodes)`
    remarks.push(inodesFree < INODES_FULL ? wrong(few, remedy) : warning(few, remedy))
  }
  return remarks
}

const sayFree = (space: Space | undefined): string =>
  space === undefined ? '' : `, ${size(space.free)} of ${size(space.total)} are free`

const size = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`

/** A clock that is set now and then differs by so much, in ms. */
const CLOCK_SLACK = 2_000

/** Whether what is saved can be read, and of what time it is. `now`: epoch ms. */
export function judgeSaved(peek: Peek, now: number): Remark[] {
  const { ok, warning, wrong } = remarksOn('saved state')
  if (peek.kind === 'refused')
    return [wrong(peek.detail, 'do what it says; the controller does not start like this')]
  if (peek.kind === 'none') return [ok('nothing is saved yet')]
  const { epoch, revision, state } = peek
  const hosts = plural(Object.keys(state.hosts).length, 'host')
  const remarks: Remark[] = [ok(`epoch ${epoch}, revision ${revision}, ${hosts}`)]
  const ahead = state.lastAt - now
  if (ahead > CLOCK_SLACK)
    remarks.push(
      wrong(
        `its last record is ${duration(ahead)} ahead of this machine's clock, so nothing goes in until that has caught up`,
        'set the clock right (timedatectl, chronyc tracking); where the record is what is wrong, wait',
      ),
    )
  if (peek.holder?.presence === 'elsewhere')
    remarks.push(
      warning(
        `its lock is held by process ${peek.holder.pid} of another machine, container or boot`,
        'see that only one controller is started on this folder; a lock of a machine that is gone is taken over by the next start',
      ),
    )
  return remarks
}
