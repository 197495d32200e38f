import { resolve } from 'node:path'
import type { Outside } from '../outside.ts'
import { outsideOf } from '../outside.ts'
import { readToken, readTokenFile, tokenPath } from '../overrides/token.ts'
import { sayUnreadable } from '../policy/load.ts'
import type { Problem } from '../policy/problem.ts'
import type { Settings } from '../settings.ts'
import { isLoopback } from '../web/api/names.ts'
import { type Context, configOption } from './command.ts'
import { settingsOnly } from './configuration.ts'
import { fetchTrusting } from './trusting.ts'

/** A controller that is asked. */
export interface Controller {
  /** Without a slash at its end. */
  url: string
  /** The token, if there is one; read anew each time. */
  token?(): Promise<string | undefined>
  /** Whether reads carry the token too. */
  readsByToken: boolean
  /** Where the token was looked for, or why it was not found, for when it does not fit. */
  tokenFrom(): Promise<string>
  /** Trusts its certificate, as far as it is to be trusted. */
  fetch: typeof fetch
}

/** Which controller is meant: one elsewhere, of which nothing but its address is known, or that of settings. */
export type Which =
  | { kind: 'remote'; controller: Controller }
  | { kind: 'local'; controller: Controller; settings: Settings }
  | { kind: 'wrong'; message: string }
  | { kind: 'refused'; problems: readonly Problem[] }

/** Options of every command that asks a running controller. */
export const controllerOptions = {
  ...configOption,
  url: {
    type: 'string',
    value: 'URL',
    text: 'a controller elsewhere, which needs no settings here (CAPUCHIN_URL)',
  },
  'token-file': {
    type: 'string',
    value: 'FILE',
    text: 'with --url: the file with its token (CAPUCHIN_TOKEN_FILE)',
  },
  ca: { type: 'string', value: 'FILE', text: 'with --url: the certificate that signs its own (CAPUCHIN_CA)' },
} as const

export interface WhichValues {
  config: string
  url?: string | undefined
  'token-file'?: string | undefined
  ca?: string | undefined
}

/**
 * The controller that a command line means. `--url` comes before all; CAPUCHIN_URL comes before the settings, unless other settings are
 * named. With either nothing on this machine is read but the files of token and certificate.
 */
export async function whichController(values: WhichValues, context: Context): Promise<Which> {
  const isNamed = values.config !== configOption.config.default
  if (values.url !== undefined && isNamed)
    return { kind: 'wrong', message: '--url says which controller, and so does --config: say one of them' }
  const url = values.url ?? (isNamed ? undefined : given(context.env['CAPUCHIN_URL']))
  if (url !== undefined) return await remoteAt(url, values, context)
  for (const option of ['token-file', 'ca'] as const)
    if (values[option] !== undefined) return { kind: 'wrong', message: `--${option} goes with --url` }
  const outcome = settingsOnly(values.config, context)
  if (outcome.kind === 'refused') return outcome
  const { settings } = outcome
  return { kind: 'local', settings, controller: controllerOf(settings, outsideOf(context)) }
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

async function remoteAt(text: string, values: WhichValues, context: Context): Promise<Which> {
  const url = addressIn(text)
  if (url === undefined) return { kind: 'wrong', message: sayAddress(text) }
  const { cwd, env, fs, files } = context
  const ca = values.ca ?? given(env['CAPUCHIN_CA'])
  const trust = ca === undefined ? undefined : readFile(resolve(cwd, ca), files.read)
  if (trust?.kind === 'unreadable') return { kind: 'wrong', message: `--ca: ${ca}: ${trust.detail}` }
  const through = trust === undefined ? fetch : fetchTrusting({ ca: trust.text, isOwn: false })
  const common = { url, readsByToken: true, fetch: through }
  const file = values['token-file'] ?? given(env['CAPUCHIN_TOKEN_FILE'])
  if (file === undefined) {
    const tokenFrom = async () => 'no token was given: name its file with --token-file'
    return { kind: 'remote', controller: { ...common, tokenFrom } }
  }
  const read = () => readTokenFile(resolve(cwd, file), { fs })
  const first = await read()
  if (first.kind === 'none') return { kind: 'wrong', message: `--token-file: ${first.detail}` }
  const token = async () => {
    const now = await read()
    return now.kind === 'token' ? now.token : undefined
  }
  const tokenFrom = async () => `it was read from ${file}`
  return { kind: 'remote', controller: { ...common, token, tokenFrom } }
}

type FileRead = { kind: 'text'; text: string } | { kind: 'unreadable'; detail: string }

function readFile(path: string, read: (path: string) => string): FileRead {
  try {
    return { kind: 'text', text: read(path) }
  } catch (error) {
    return { kind: 'unreadable', detail: sayUnreadable(error) }
  }
}

/** Of a proxy a controller may be below a path. A password in an address ends up in shell histories and lists of processes. */
function addressIn(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, origin, pathname, username, password, search, hash } = new URL(text)
  const isPlain = username === '' && password === '' && search === '' && hash === ''
  if (!isPlain || (protocol !== 'http:' && protocol !== 'https:')) return undefined
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

function sayAddress(text: string): string {
  const shown = text.replace(/\/\/[^/]*@/, '//...@')
  return `${JSON.stringify(shown)} is no address of a controller: say http://HOST:PORT or https://HOST, without user, password or query`
}

/** The controller of these settings, on this machine. */
export function controllerOf(settings: Settings, outside: Pick<Outside, 'fs' | 'files'>): Controller {
  const { server } = settings
  const reads = server.reads ?? (isLoopback(server.listen.host) ? 'open' : 'token')
  return {
    url: urlOf(settings),
    readsByToken: reads === 'token',
    fetch: server.tls === undefined ? fetch : fetchTrustingOwn(server.tls.cert, outside),
    async token() {
      const read = await readToken(settings, outside)
      return read.kind === 'token' ? read.token : undefined
    },
    async tokenFrom() {
      const read = await readToken(settings, outside)
      if (read.kind === 'token') return `it was read from ${tokenPath(settings)}`
      return `${read.detail}: run this as the user of the controller, on its machine, or name the file with server.tokenFile`
    },
  }
}

/** The certificate in its file is that of our own controller, which is all that has to be known of it on its machine. */
const fetchTrustingOwn =
  (cert: string, { files }: Pick<Outside, 'files'>): typeof fetch =>
  async (input, init) => {
    const [own = ''] = files.read(cert).split(/(?<=-----END CERTIFICATE-----)/)
    return await fetchTrusting({ ca: own, isOwn: true })(input, init)
  }

/** Where the controller of these settings serves; a wildcard address is asked on loopback. */
export function urlOf({ server }: Settings): string {
  const { host, port } = server.listen
  const reach = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const scheme = server.tls === undefined ? 'http' : 'https'
  return `${scheme}://${reach.includes(':') ? `[${reach}]` : reach}:${port}`
}
