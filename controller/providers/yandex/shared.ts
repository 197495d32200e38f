import { resolve } from 'node:path'
import type { ProviderDeps } from '../provider.ts'
import type { Answer, Auth, ConnectSettings, YandexApi } from './api.ts'
import type { YandexSettings } from './settings.ts'

/** What the pools of one controller have together: those of equal settings one connection, those of one folder one that tells of strays. */
interface Shared {
  connections: Map<string, Promise<YandexApi>>
  tellers: Map<string, string>
}

const all = new WeakMap<ProviderDeps, Shared>()

function sharedBy(deps: ProviderDeps): Shared {
  const shared = all.get(deps) ?? { connections: new Map(), tellers: new Map() }
  all.set(deps, shared)
  return shared
}

/** Whether this pool is the one that tells of the strays in its folder: the first that was opened. */
export function tellsStrays(
  deps: ProviderDeps,
  { template, endpoint = '' }: YandexSettings,
  pool: string,
): boolean {
  const { tellers } = sharedBy(deps)
  const key = `${endpoint} ${template.folder}`
  const teller = tellers.get(key) ?? pool
  tellers.set(key, teller)
  return teller === pool
}

const METADATA_SERVICE = 'http://169.254.169.254'

/** The cloud, connected to when it is first asked for; the SDK is loaded then and not before. */
export async function connection(deps: ProviderDeps, settings: YandexSettings): Promise<Answer<YandexApi>> {
  const { connections } = sharedBy(deps)
  const where = connectSettings(deps, settings)
  const key = JSON.stringify(where)
  const connecting = connections.get(key) ?? connectTo(deps, where)
  connections.set(key, connecting)
  try {
    return { kind: 'answer', value: await connecting }
  } catch (error) {
    // Whatever was wrong may be put right: the next call tries again.
    connections.delete(key)
    return { kind: 'failed', code: 'invalid', detail: error instanceof Error ? error.message : String(error) }
  }
}

async function connectTo(deps: ProviderDeps, where: ConnectSettings): Promise<YandexApi> {
  const { connect } = await import('./connect.ts')
  return connect(where, deps)
}

function connectSettings(
  deps: ProviderDeps,
  { auth, endpoint, ca, template }: YandexSettings,
): ConnectSettings {
  const at = (path: string): string => resolve(deps.folder, path)
  return {
    auth: authOf(auth, at),
    folder: template.folder,
    ...(endpoint !== undefined && { endpoint }),
    ...(ca !== undefined && { ca: at(ca) }),
  }
}

function authOf(
  { keyFile, tokenFile, metadata }: YandexSettings['auth'],
  at: (path: string) => string,
): Auth {
  if (keyFile !== undefined) return { keyFile: at(keyFile) }
  if (tokenFile !== undefined) return { tokenFile: at(tokenFile) }
  return { metadata: typeof metadata === 'string' ? metadata : METADATA_SERVICE }
}
