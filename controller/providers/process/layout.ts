import { join } from 'node:path'

/**
 * The folder of a host, `<state folder>/hosts/<name>/`. What instances store lies outside of it, in
 * `<state folder>/data/<workload>/<instance>/`, and is never removed: events that a service acknowledged are there. What the
 * processes beside them store lies in `<state folder>/data/_hosts/<pool>-<index>/`, where the next host of that index finds it.
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
/**
 * What the processes beside the instances keep, and where all of a host meet. By the host's number in its pool rather than its name:
 * what the last host of that number could not send any more, the next one does.
 */
export const folderOf = ({
  dataDir: dir,
  pool,
  ...order
}: Numbered & { dataDir: string; pool: string }): string => join(dir, '_hosts', `${pool}-${indexOf(order)}`)

interface Numbered {
  name: string
  labels: Readonly<Record<string, string>>
}

/** The number of a host in its pool, which no other has at the time; its name where it carries none. */
export const indexOf = ({ name, labels }: Numbered): string =>
  /^\d+$/.test(labels['index'] ?? '') ? (labels['index'] ?? name) : name

export const cacheDir = (stateDir: string): string => join(stateDir, 'cache')

/** Hosts, workloads and instances become names of files and folders. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)
}
