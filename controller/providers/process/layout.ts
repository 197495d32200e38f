import { join } from 'node:path'

/**
 * The folder of a host, `<state folder>/hosts/<name>/`. What instances store lies outside of it, in
 * `<state folder>/data/<workload>/<instance>/`, and is never removed: events that a service acknowledged are there.
 *
 *   host.json              the order, written once
 *   manifests/E-R.json     what it is to run, by epoch and revision; the highest is in force
 *   claim.json             the one supervisor of its one life, or that it was deleted before it had one
 *   status.json            what the supervisor last did
 *   deleting.json          it is to go
 *   logs/                  of the supervisor and of each instance
 */
export interface HostFolder {
  dir: string
  order: string
  manifests: string
  claim: string
  status: string
  deleting: string
  logs: string
}

export function hostFolder(dir: string): HostFolder {
  return {
    dir,
    order: join(dir, 'host.json'),
    manifests: join(dir, 'manifests'),
    claim: join(dir, 'claim.json'),
    status: join(dir, 'status.json'),
    deleting: join(dir, 'deleting.json'),
    logs: join(dir, 'logs'),
  }
}

export const hostsDir = (stateDir: string): string => join(stateDir, 'hosts')
/** Names of hosts that were deleted. */
export const gravesDir = (stateDir: string): string => join(hostsDir(stateDir), '.deleted')
export const dataDir = (stateDir: string): string => join(stateDir, 'data')
export const cacheDir = (stateDir: string): string => join(stateDir, 'cache')

/** Hosts, workloads and instances become names of files and folders. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)
}
