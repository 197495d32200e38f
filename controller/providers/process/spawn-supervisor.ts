import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProviderDeps } from '../provider.ts'
import { cacheDir, type HostFolder } from './layout.ts'

const main = fileURLToPath(new URL('./supervisor/main.ts', import.meta.url))

/** A young generation of 1 MiB instead of 16: a supervisor allocates little, and there may be many of them. */
const flags = ['--max-semi-space-size=1']

/**
 * Starts a supervisor for the host, in a session of its own, so that it outlives this process. Throws when it cannot be started.
 * To start a second one is harmless: it finds the claim taken and ends.
 */
export async function spawnSupervisor(folder: HostFolder, deps: ProviderDeps): Promise<void> {
  const node = [deps.execPath, ...flags, main, folder.dir]
  const [program = deps.execPath, ...args] = deps.tether === true ? [...tether, ...node] : node
  const log = await open(join(folder.logs, 'supervisor.log'), 'a', 0o600)
  try {
    const stdio = ['ignore', log.fd, log.fd] as const
    const env = { NODE_COMPILE_CACHE: cacheDir(deps.dir), ...deps.env }
    const child = spawn(program, args, { cwd: deps.workDir, detached: true, env, stdio: [...stdio] })
    child.unref()
    await once(child, 'spawn')
  } finally {
    await log.close()
  }
}

const tether = ['setpriv', '--pdeathsig', 'KILL', '--']
