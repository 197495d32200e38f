import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { ManifestInstance } from '../../../decision/fleet.ts'
import type { Variable } from '../../../policy/variables.ts'
import { FOLDER_MODE } from '../files.ts'
import type { HostFolder } from '../layout.ts'
import { ADDRESS } from '../list.ts'
import { isListenedOn } from '../proc.ts'
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
 * supervisor does, whatever that dies of. Throws when it cannot be started, and when somebody else listens on its port: whoever
 * asks there would take that one for the instance.
 */
export function launch(pad: Launchpad, instance: ManifestInstance): ChildProcess {
  const { command = [], env: own } = instance.run
  const values = valuesOf(pad, instance)
  const templates = [...command, ...Object.values(own)]
  if (mentions(templates, 'data')) mkdirSync(dataOf(pad, instance), { recursive: true, mode: FOLDER_MODE })
  const words = command.map((word) => substitute(word, values))
  const [program, ...args] = pad.setpriv === undefined ? words : [pad.setpriv, ...deathSignal, ...words]
  const [name] = words
  if (program === undefined || name === undefined) throw new Error('its run has no command')
  const env = environmentOf(pad, instance, values)
  if (!isThere(name, env, pad.order.workDir)) throw new Error(noProgram(name, pad.order.workDir))
  if (isListenedOn(instance.port))
    throw new Error(`port ${instance.port} is in use by another process: stop that one, or move portBase`)
  const log = openSync(join(pad.folder.logs, `${instance.id}.log`), 'a', 0o600)
  try {
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

/** A name with a slash is a path, which counts from where commands run; any other is looked for on the PATH. */
function isThere(name: string, env: Environment, workDir: string): boolean {
  return name.includes('/') ? isExecutable(resolve(workDir, name)) : findProgram(name, env) !== undefined
}

const noProgram = (name: string, workDir: string): string =>
  name.includes('/')
    ? `there is no program ${resolve(workDir, name)}`
    : `there is no program ${name} on the PATH`

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
