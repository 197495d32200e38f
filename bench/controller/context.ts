import * as fs from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Context } from '../../controller/commands/command.ts'
import { diskFiles } from '../../controller/files.ts'

/** What a command has of the world, in a folder, where nobody reads what it says and nothing ends it. */
export function contextIn(folder: string): Context {
  return {
    ...{
      out: () => {},
      err: () => {},
      env: process.env,
      cwd: folder,
      now: Date.now,
      random: Math.random,
    },
    ...{ fs, files: diskFiles, machine: { cores: availableParallelism() }, execPath: process.execPath },
    ...{ pid: process.pid, isTerminal: false, stopped: () => new AbortController().signal },
    onHangup: () => () => {},
  }
}
