import { readFileSync } from 'node:fs'

/** Where a ClickHouse is, and as whom to go there. `origin` holds no password and may be shown. */
export type Place = { origin: string; path: string; username: string; password: string }

/** How the address may be given; the environment has the user and password that the address does not. */
type Given = {
  url?: string | undefined
  'url-file'?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads where ClickHouse is. A password on the command line is refused, since everybody on the machine can read that;
 * the file and the environment are for those. Throws an Error that says what is wrong, without the password.
 */
export const placeOf = (given: Given): ((environment: Environment) => Place) => {
  const { from, url } = addressOf(given)
  const username = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  if (from === '--url' && password !== '') {
    throw new Error(
      '--url holds a password, which everybody on this machine can read: give it in CAPUCHIN_CLICKHOUSE_PASSWORD, or the URL in --url-file',
    )
  }
  return (environment) => ({
    origin: url.origin,
    path: url.pathname,
    username: username || environment['CAPUCHIN_CLICKHOUSE_USER'] || 'default',
    password: password || environment['CAPUCHIN_CLICKHOUSE_PASSWORD'] || '',
  })
}

const addressOf = ({ url, 'url-file': file }: Given): { from: '--url' | '--url-file'; url: URL } => {
  if (url && file) throw new Error('--url and --url-file are both given: say one of them')
  if (url) return { from: '--url', url: parse('--url', url) }
  if (file) return { from: '--url-file', url: parse('--url-file', readText(file)) }
  throw new Error('--url is missing: say where ClickHouse is, such as http://127.0.0.1:8123')
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Error(`--url-file ${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

// The text itself is not repeated: it may hold a password.
const parse = (flag: string, text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.search) throw new Error(`${flag} has a part after ?: give settings by --setting NAME=VALUE`)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new Error(
    `${flag} is no address of ClickHouse's HTTP interface: say one such as http://127.0.0.1:8123`,
  )
}
