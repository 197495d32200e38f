import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Environment, findKafka } from './kafka/home.ts'

/** A real server that test suites start: the Debian package it comes in, and the command that must be on the PATH. */
type Server = {
  package: string
  binary: string
  /** What it needs beside the command, and that no package brings. */
  also?: (env: Environment) => boolean
}

/**
 * Every server that some suite needs, in one list: `npm test` installs from it, and `needs('prometheus')` in a suite
 * names an entry of it. The suites of a server are not listed here: they are found by that call.
 */
export const servers = {
  prometheus: { package: 'prometheus', binary: 'prometheus' },
  alertmanager: { package: 'prometheus-alertmanager', binary: 'prometheus-alertmanager' },
  'node-exporter': { package: 'prometheus-node-exporter', binary: 'prometheus-node-exporter' },
  chromium: { package: 'chromium', binary: 'chromium' },
  // No servers: shells, for which there are completions.
  zsh: { package: 'zsh', binary: 'zsh' },
  fish: { package: 'fish', binary: 'fish' },
  'graphite-carbon': { package: 'graphite-carbon', binary: 'carbon-cache' },
  'graphite-web': { package: 'graphite-web', binary: 'graphite-manage' },
  gunicorn: { package: 'gunicorn', binary: 'gunicorn' },
  clickhouse: { package: 'clickhouse-server', binary: 'clickhouse-server' },
  // No server either: it reads docker-compose.yml, for which it needs no engine.
  'docker-compose': { package: 'docker-compose', binary: 'docker-compose' },
  // Its jars are no package: `npm test` fetches them with Maven where KAFKA_HOME does not name them.
  kafka: { package: 'openjdk-17-jre-headless', binary: 'java', also: hasKafka },
} satisfies Record<string, Server>

/** The name of a server of the list. */
export type ServerName = keyof typeof servers

const isServerName = (name: string): name is ServerName => name in servers

/** All names of the list. */
export const serverNames: ServerName[] = Object.keys(servers).filter(isServerName)

/** Whether the server's command is found on the PATH of `env`, and all that it needs beside. */
export const isInstalled = (name: ServerName, env: Environment): boolean => {
  const { binary, also }: Server = servers[name]
  return isOnPath(binary, env) && (also === undefined || also(env))
}

/** Whether a command is found on the PATH of `env`. */
export const isOnPath = (binary: string, env: Environment): boolean =>
  (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, binary)))

function hasKafka(env: Environment): boolean {
  return findKafka(env).kind === 'found'
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
