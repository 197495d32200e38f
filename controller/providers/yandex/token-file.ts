import type { ConnectDeps } from './api.ts'
import { isSendable, noToken, readFault, type TokenSource } from './tokens.ts'

/** Somebody else renews the file, at a time that is not known: it is read anew every minute. */
const freshFor = 60_000

/** The IAM token in a file. */
export function tokenFile(path: string, deps: Pick<ConnectDeps, 'readFile'>): TokenSource {
  return async () => {
    try {
      const text = (await deps.readFile(path)).trim()
      if (isSendable(text)) return { kind: 'answer', value: { text, freshFor } }
      return noToken(`${path} holds no IAM token: write the output of "yc iam create-token" into it, alone`)
    } catch (error) {
      return noToken(
        `the token file ${path} cannot be read (${readFault(error)}): name a readable file in auth.tokenFile`,
      )
    }
  }
}
