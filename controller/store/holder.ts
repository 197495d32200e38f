import { join } from 'node:path'
import { z } from 'zod'
import { type FileSystem, readText } from './file-system.ts'

/** Who holds a lock. A pid alone is reused; pid and start time within one boot and one pid namespace are not. */
const Holder = z.strictObject({
  pid: z.int().positive(),
  /** Clock ticks after the boot, field 22 of /proc/PID/stat. */
  start: z.string(),
  boot: z.string(),
  /** Containers have namespaces of their own, in which the same pid means another process. */
  namespace: z.string(),
})

export type Holder = z.output<typeof Holder>

/** `elsewhere`: its process cannot be seen from here (another machine, boot or container). */
export type Presence = 'alive' | 'gone' | 'elsewhere'

/** This process, as others will see it. Throws where there is no /proc. */
export async function identify(fs: FileSystem, pid: number): Promise<Holder> {
  const start = await startOf(fs, pid)
  if (start === undefined)
    throw new Error(`/proc/${pid}/stat cannot be read: Capuchin needs Linux with /proc`)
  const boot = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  return { pid, start, boot: boot.trim(), namespace: await fs.readlink('/proc/self/ns/pid') }
}

/** Whether `holder` still runs, as far as `self` can see. */
export async function presence(fs: FileSystem, holder: Holder, self: Holder): Promise<Presence> {
  if (holder.boot !== self.boot || holder.namespace !== self.namespace) return 'elsewhere'
  return (await startOf(fs, holder.pid)) === holder.start ? 'alive' : 'gone'
}

/** The start time of a running process; undefined when there is none, or only what its parent has not yet collected. */
async function startOf(fs: FileSystem, pid: number): Promise<string | undefined> {
  try {
    const stat = await readText(fs, join('/proc', String(pid), 'stat'))
    // The name of the command is in parentheses and may hold spaces; fields 3 and 22 are counted from behind it.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    const state = fields[0]
    return state === 'Z' || state === 'X' ? undefined : fields[19]
  } catch {
    // ESRCH: it ended while it was read.
    return undefined
  }
}

/** The holder that a lock file names; undefined when the file is torn or somebody else's. */
export function parseHolder(text: string): Holder | undefined {
  try {
    return Holder.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
