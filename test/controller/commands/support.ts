import * as fs from 'node:fs/promises'
import type { Context } from '../../../controller/commands/command.ts'
import type { Files } from '../../../controller/policy/load.ts'

/** A context that remembers what was written. */
export interface Witness extends Context {
  written: string[]
  complaints: string[]
}

export function witness(files: Files, cwd = '/srv'): Witness {
  const written: string[] = []
  const complaints: string[] = []
  return {
    written,
    complaints,
    out: (line) => written.push(line),
    err: (line) => complaints.push(line),
    env: {},
    cwd,
    now: () => 0,
    random: () => 0.5,
    files,
    fs,
    machine: { cores: 2 },
    execPath: '/usr/bin/node',
    pid: 1,
    isTerminal: false,
    stopped: () => new AbortController().signal,
    onHangup: () => () => {},
  }
}
