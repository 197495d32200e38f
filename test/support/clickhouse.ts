import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from './ports.ts'
import { type Running, start, tempFolder } from './process.ts'
import { until } from './until.ts'

/** A real ClickHouse on loopback. Its port and its data stay the same over stop or kill and restart. */
export type ClickHouse = {
  /** The address of its HTTP interface, such as `http://127.0.0.1:8123`. */
  url: string
  pid(): number
  /** Runs a statement as the user `default` and answers its text, trimmed. Rejects with the server's words. */
  query(sql: string): Promise<string>
  /** Ends it in order (SIGTERM). */
  stop(): Promise<void>
  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<void>
  /** Stops it answering while its port stays open (SIGSTOP), until `thaw`. */
  freeze(): void
  thaw(): void
  /** Starts it again after stop or kill, on the same port and data. */
  restart(): Promise<void>
}

/** Who may log in beside `default`, which has no password. */
export const WRITER = { user: 'writer', password: 'open, sesame' }
/** May only read. */
export const READER = { user: 'reader', password: 'reader' }

/** Starts ClickHouse in a temporary folder and waits until it answers. Gated by `needs('clickhouse')`. */
export const startClickHouse = async (): Promise<ClickHouse> => {
  const folder = await tempFolder('clickhouse')
  await writeFile(join(folder, 'users.xml'), USERS)
  let { port, server } = await launchAnywhere(folder)
  const url = `http://127.0.0.1:${port}`
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    server.signal(signal)
    server.signal('SIGCONT')
    await server.exited
  }
  return {
    url,
    pid: () => server.pid,
    query: (sql) => query(url, sql),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void server.signal('SIGSTOP'),
    thaw: () => void server.signal('SIGCONT'),
    restart: async () => {
      server = await launch(folder, port)
    },
  }
}

// It waits for idle connections when it is told to stop, so those are kept for a second only.
const configuration = (folder: string, port: number): string => `<?xml version="1.0"?>
<yandex>
  <logger><level>error</level><log>${folder}/log.txt</log><errorlog>${folder}/errors.txt</errorlog></logger>
  <http_port>${port}</http_port>
  <listen_host>127.0.0.1</listen_host>
  <keep_alive_timeout>1</keep_alive_timeout>
  <mark_cache_size>8388608</mark_cache_size>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/tmp/</tmp_path>
  <user_files_path>${folder}/files/</user_files_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <timezone>UTC</timezone>
</yandex>
`

const user = (name: string, password: string, profile: string): string =>
  `<${name}><password>${password}</password><networks><ip>127.0.0.1</ip></networks>` +
  `<profile>${profile}</profile><quota>default</quota></${name}>`

const USERS = `<?xml version="1.0"?>
<yandex>
  <profiles><default/><reading><readonly>1</readonly></reading></profiles>
  <quotas><default/></quotas>
  <users>
    ${user('default', '', 'default')}
    ${user(WRITER.user, WRITER.password, 'default')}
    ${user(READER.user, READER.password, 'reading')}
  </users>
</yandex>
`

/** A free port can be taken before ClickHouse takes it, so another one is tried, a few times. */
const launchAnywhere = async (folder: string, tries = 3): Promise<{ port: number; server: Running }> => {
  const port = await freePorts(1)
  try {
    return { port, server: await launch(folder, port) }
  } catch (error) {
    if (tries <= 1 || !String(error).includes('Address already in use')) throw error
    return launchAnywhere(folder, tries - 1)
  }
}

const launch = async (folder: string, port: number): Promise<Running> => {
  const config = join(folder, 'config.xml')
  await writeFile(config, configuration(folder, port))
  const server = await start(['clickhouse-server', `--config-file=${config}`])
  await until(() => server.exit() !== undefined || isReady(port), { what: 'ClickHouse to answer', every: 20 })
  if (server.exit() === undefined) return server
  throw new Error(`ClickHouse ended at once:\n${server.stderr()}\n${await errorsIn(folder)}`)
}

const errorsIn = (folder: string): Promise<string> =>
  readFile(join(folder, 'errors.txt'), 'utf8').catch(() => 'It wrote no errors.')

const isReady = async (port: number): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(1_000) })
  return answer.ok
}

const query = async (url: string, sql: string): Promise<string> => {
  const answer = await fetch(url, { method: 'POST', body: sql, signal: AbortSignal.timeout(30_000) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`ClickHouse answered ${answer.status}: ${text}`)
  return text.trim()
}
