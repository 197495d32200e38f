import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A real server that test suites start: the Debian package it comes in, and the command that must be on the PATH. */
type Server = { package: string; binary: string }

/**
 * Every server that some suite needs, in one list: `npm test` installs from it, and `needs('prometheus')` in a suite
 * names an entry of it. The suites of a server are not listed here: they are found by that call.
 */
export const servers = {
  prometheus: { package: 'prometheus', binary: 'prometheus' },
  'graphite-carbon': { package: 'graphite-carbon', binary: 'carbon-cache' },
  'graphite-web': { package: 'graphite-web', binary: 'graphite-manage' },
  gunicorn: { package: 'gunicorn', binary: 'gunicorn' },
} satisfies Record<string, Server>

/** The name of a server of the list. */
export type ServerName = keyof typeof servers

const isServerName = (name: string): name is ServerName => name in servers

/** All names of the list. */
export const serverNames: ServerName[] = Object.keys(servers).filter(isServerName)

/** Whether the server's command is found on `path` (a PATH variable). */
export const isInstalled = (name: ServerName, path: string): boolean =>
  path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, servers[name].binary)))

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
