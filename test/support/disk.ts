import * as promises from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreDeps } from '../../controller/store/define.ts'
import type { FileSystem } from '../../controller/store/file-system.ts'

/** The real file system, and a switch that makes each opening for writing fail as a full disk does. */
export interface Disk {
  fs: FileSystem
  fill(): void
  repair(): void
}

export function realDisk(): Disk {
  let full = false
  const open: FileSystem['open'] = async (path, flags, mode) => {
    if (full && flags !== 'r') throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    return promises.open(path, flags, mode)
  }
  return {
    fs: { ...promises, open },
    fill: () => {
      full = true
    },
    repair: () => {
      full = false
    },
  }
}

/** The world as the composition root gives it to a store. */
export function storeDeps(fs: FileSystem = promises): StoreDeps {
  return {
    fs,
    pid: process.pid,
    sleep: (ms) => sleep(ms),
    every: (ms, run) => {
      const timer = setInterval(run, ms).unref()
      return () => clearInterval(timer)
    },
  }
}
