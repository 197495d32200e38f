import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFiles } from '../../../controller/files.ts'
import { openFileHistory } from '../../../controller/history/file.ts'
import type { History } from '../../../controller/history/history.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'
import { soundBut } from '../policy/support.ts'
import { type Witness, witness } from './support.ts'

// Nobody listens at port 1, so that the files are asked.
const settings = `sources: { main: { type: scrape, interval: 15s } }
pools:
  local: { provider: process, slots: 3, hosts: { min: 1, max: 4 } }
server: { listen: "127.0.0.1:1" }
`

export interface PastPlace {
  folder: string
  /** Runs a command there; answers its code and what it wrote. */
  run(
    command: { run(argv: readonly string[], context: Witness): Promise<number> },
    ...argv: string[]
  ): Promise<{ code: number; written: string; complaints: readonly string[] }>
}

/** A folder with settings, the policy of ingest and a history that is told by `tell`; it is `now` there, in UTC. */
export async function pastPlace(
  now: number,
  tell: (history: History) => Promise<void> | void,
): Promise<PastPlace> {
  const folder = await tempFolder('past')
  await mkdir(join(folder, 'policies'))
  await mkdir(join(folder, 'state'))
  await writeFile(join(folder, 'capuchin.yaml'), settings)
  await writeFile(join(folder, 'policies', 'ingest.yaml'), soundBut('slots: 1', 'version: v1'))
  const outcome = await openFileHistory({
    dir: join(folder, 'state', 'history'),
    fs: realDisk().fs,
    now: () => now,
  })
  if (outcome.kind === 'refused') throw new Error(outcome.detail)
  await tell(outcome.history)
  await outcome.history.close()
  return {
    folder,
    async run(command, ...argv) {
      const context: Witness = { ...witness(diskFiles, folder), now: () => now, env: { TZ: 'UTC' } }
      const code = await command.run(argv, context)
      return { code, written: context.written.join('\n'), complaints: context.complaints }
    },
  }
}
