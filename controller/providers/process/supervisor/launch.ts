import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { FOLDER_MODE } from '../files.ts'
import { folderOf, type HostFolder } from '../layout.ts'
import type { Order } from '../records.ts'
import { mentions, substitute, type Values } from '../substitute.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where and in what surroundings commands are started. `setpriv`: its path, where the machine has it. */
export interface Launchpad {
  folder: HostFolder
  order: Order
  env: Environment
  setpriv: string | undefined
}

/** What is started: templates of its command and environment, what stands for their variables, and how it is known. */
export interface Start {
  /** Its log and its place in /proc go by it. */
  id: string
  command: readonly string[]
  env: Readonly<Record<string, string>>
  values: Values
  /** Folders by the variables that name them; made where the templates ask for them. */
  folders: Readonly<Record<string, string>>
  /** Set whatever `env` says. */
  given: Readonly<Record<string, string>>
}

/**
 * Starts a command as the leader of a session and process group of its own. With setpriv it dies when its supervisor does, whatever
 * that dies of. Throws when it cannot be started.
 */
export function launch(
  pad: Launchpad,
  { id, command, env: own, values, folders, given }: Start,
): ChildProcess {
  const templates = [...command, ...Object.values(own)]
  for (const [name, dir] of Object.entries(folders))
    if (mentions(templates, name)) mkdirSync(dir, { recursive: true, mode: FOLDER_MODE })
  const words = command.map((word) => substitute(word, values))
  const [program, ...args] = pad.setpriv === undefined ? words : [pad.setpriv, ...deathSignal, ...words]
  const [name] = words
  if (program === undefined || name === undefined) throw new Error('its run has no command')
  const env = { ...surroundings(pad), ...substituted(own, values), ...given, ...marks(pad, id) }
  if (!isThere(name, env, pad.order.workDir)) throw new Error(noProgram(name, pad.order.workDir))
  const log = openSync(join(pad.folder.logs, `${id}.log`), 'a', 0o600)
  try {
    return spawn(program, args, { cwd: pad.order.workDir, detached: true, env, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

const deathSignal = ['--pdeathsig', 'KILL', '--']

function substituted(env: Start['env'], values: Values): Environment {
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, substitute(text, values)]))
}

/** What commands find in their environment before anything is said about them. */
function surroundings({ order, env }: Launchpad): Environment {
  return {
    ...env,
    // A compile cache that Capuchin chose for its supervisors is not for the operator's programs.
    ...(env['NODE_COMPILE_CACHE'] === order.cacheDir && { NODE_COMPILE_CACHE: undefined }),
    PATH: [order.nodeDir, env['PATH'] ?? ''].filter((part) => part !== '').join(delimiter),
  }
}

/** By these their processes are found, also what they start themselves. */
function marks({ order }: Launchpad, id: string): Environment {
  return {
    CAPUCHIN_INSTANCE: id,
    CAPUCHIN_HOST: order.name,
    CAPUCHIN_HOST_KEY: order.key,
    CAPUCHIN_HOST_FOLDER: folderOf(order),
    CAPUCHIN_ZONE: order.zone,
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
