import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ManifestInstance } from '../../../decision/fleet.ts'
import type { Variable } from '../../../policy/variables.ts'
import { FOLDER_MODE } from '../files.ts'
import type { HostFolder } from '../layout.ts'
import { ADDRESS } from '../list.ts'
import type { Order } from '../records.ts'
import { mentions, substitute, type Values } from '../substitute.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where and in what surroundings instances are started. `setpriv`: its path, where the machine has it. */
export interface Launchpad {
  folder: HostFolder
  order: Order
  env: Environment
  setpriv: string | undefined
}

/**
 * Starts the command of an instance as the leader of a session and process group of its own. With setpriv it dies when its
 * supervisor does, whatever that dies of. Throws when it cannot be started; a command that is missing ends with code 127 instead.
 */
export function launch(pad: Launchpad, instance: ManifestInstance): ChildProcess {
  const { command = [], env: own } = instance.run
  const values = valuesOf(pad, instance)
  const templates = [...command, ...Object.values(own)]
  if (mentions(templates, 'data')) mkdirSync(dataOf(pad, instance), { recursive: true, mode: FOLDER_MODE })
  const words = command.map((word) => substitute(word, values))
  const [program, ...args] = pad.setpriv === undefined ? words : [pad.setpriv, ...deathSignal, ...words]
  if (program === undefined || words.length === 0) throw new Error('its run has no command')
  const log = openSync(join(pad.folder.logs, `${instance.id}.log`), 'a', 0o600)
  try {
    const env = environmentOf(pad, instance, values)
    return spawn(program, args, { cwd: pad.order.workDir, detached: true, env, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

const deathSignal = ['--pdeathsig', 'KILL', '--']

const dataOf = ({ order }: Launchpad, { workload, id }: ManifestInstance): string =>
  join(order.dataDir, workload, id)

function valuesOf(pad: Launchpad, instance: ManifestInstance): Record<Variable, string> {
  return {
    port: String(instance.port),
    data: dataOf(pad, instance),
    id: instance.id,
    host: pad.order.name,
    zone: pad.order.zone,
    slot: String(instance.slots[0] ?? 0),
    address: ADDRESS,
  }
}

function environmentOf({ order, env }: Launchpad, instance: ManifestInstance, values: Values): Environment {
  const own = Object.entries(instance.run.env).map(([name, text]) => [name, substitute(text, values)])
  return {
    ...env,
    // A compile cache that Capuchin chose for its supervisors is not for the operator's programs.
    ...(env['NODE_COMPILE_CACHE'] === order.cacheDir && { NODE_COMPILE_CACHE: undefined }),
    PATH: [order.nodeDir, env['PATH'] ?? ''].filter((part) => part !== '').join(delimiter),
    ...Object.fromEntries(own),
    CAPUCHIN_DRAIN_TOKEN: instance.token,
    CAPUCHIN_INSTANCE: instance.id,
    CAPUCHIN_WORKLOAD: instance.workload,
    CAPUCHIN_HOST: order.name,
    CAPUCHIN_HOST_KEY: order.key,
    CAPUCHIN_ZONE: order.zone,
    PORT: String(instance.port),
  }
}

/** The full path of a program on the PATH; undefined when it is not there. */
export function findProgram(name: string, env: Environment): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '')
  return folders.map((dir) => join(dir, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
