import { join } from 'node:path'
import type { Outside } from '../outside.ts'
import type { Settings } from '../settings.ts'
import { atomicWrite } from '../store/atomic-write.ts'
import { ensureFolder, explainFault, readText } from '../store/file-system.ts'

/** Where the token is that changes have to carry: what the settings name, else a file in the state folder. */
export const tokenPath = ({ server, stateDir }: Settings): string =>
  server.tokenFile ?? join(stateDir, 'token')

/** Shorter ones can be guessed. */
const SHORTEST = 16

export type TokenRead = { kind: 'token'; token: string } | { kind: 'none'; detail: string }

/** Reads it anew each time, so that it can be changed without a restart. */
export const readToken = (settings: Settings, outside: Pick<Outside, 'fs'>): Promise<TokenRead> =>
  readTokenFile(tokenPath(settings), outside)

/** The token that a file holds (absolute). */
export async function readTokenFile(path: string, { fs }: Pick<Outside, 'fs'>): Promise<TokenRead> {
  try {
    const token = (await readText(fs, path))?.trim()
    if (token === undefined) return { kind: 'none', detail: `${path} does not exist` }
    if (token.length >= SHORTEST && /^\S+$/.test(token)) return { kind: 'token', token }
    const detail = `${path} has to hold a token of at least ${SHORTEST} characters, without blanks`
    return { kind: 'none', detail }
  } catch (error) {
    return { kind: 'none', detail: explainFault(error, path) }
  }
}

/**
 * Makes the token in the state folder, for its owner alone, unless there is one or the settings name another place. Answers why
 * there is none. For the holder of the state's lock.
 */
export async function makeToken(
  settings: Settings,
  { fs, token }: Pick<Outside, 'fs' | 'token'>,
): Promise<string | undefined> {
  const path = tokenPath(settings)
  try {
    const present = await readText(fs, path)
    if (present === undefined && settings.server.tokenFile === undefined) {
      await ensureFolder(fs, settings.stateDir, 0o755)
      await atomicWrite(fs, path, `${token()}\n`, 0o600)
    }
  } catch (error) {
    return explainFault(error, path)
  }
  const read = await readToken(settings, { fs })
  return read.kind === 'none' ? read.detail : undefined
}
