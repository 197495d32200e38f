import type { Auth, ConnectDeps, ConnectSettings, YandexApi } from './api.ts'
import { callsOf, type SendOnce, sendOn } from './calls.ts'
import { changesOf } from './changes.ts'
import { placesOf } from './limit.ts'
import { readsOf } from './reads.ts'
import { loadSdk, type Sdk } from './sdk.ts'
import { tokenFile } from './token-file.ts'
import { type Exchange, keyFileToken } from './token-key-file.ts'
import { metadataToken } from './token-metadata.ts'
import { openTokens, readFault, type TokenSource, type Tokens } from './tokens.ts'
import { openWire, type WireSettings } from './wire.ts'

/** For tests: ms that one try may take. */
export interface ConnectLimits {
  oneTry?: number
}

/**
 * Loads the SDK and answers the cloud. Nothing is asked of the cloud yet, and no token is got, so this fails only when the file of
 * the authority (`ca`) cannot be read or is none: it rejects with an error that names it.
 */
export async function connect(
  settings: ConnectSettings,
  deps: ConnectDeps,
  { oneTry }: ConnectLimits = {},
): Promise<YandexApi> {
  const [sdk, wireSettings] = await Promise.all([loadSdk(), wireOf(settings, deps)])
  const wire = openWire(sdk, wireSettings)
  const once = sendOn(sdk, wire, () => tokens.secrets(), oneTry)
  const tokens: Tokens = openTokens(sourceOf(settings.auth, sdk, once, deps), deps)
  const call = callsOf(once, tokens, deps)
  const places = placesOf(settings.endpoint ?? 'the public endpoints', settings.folder)
  return { ...readsOf(sdk, call), ...changesOf(sdk, call, places, deps), tokenUntil: tokens.until }
}

async function wireOf({ endpoint, ca }: ConnectSettings, deps: ConnectDeps): Promise<WireSettings> {
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(ca === undefined ? {} : { ca: Buffer.from(await readCa(ca, deps)) }),
  }
}

async function readCa(path: string, deps: ConnectDeps): Promise<string> {
  const pem = await deps.readFile(path).catch((error: unknown) => {
    const why = readFault(error)
    throw new Error(`the file of the authority ${path} cannot be read (${why}): name a PEM file in ca`)
  })
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  throw new Error(`there is no certificate in ${path}: name the PEM file of the authority in ca`)
}

function sourceOf(auth: Auth, sdk: Sdk, once: SendOnce, deps: ConnectDeps): TokenSource {
  if ('keyFile' in auth) return keyFileToken(auth.keyFile, deps, exchangeOn(sdk, once))
  if ('metadata' in auth) return metadataToken(auth.metadata, deps)
  return tokenFile(auth.tokenFile, deps)
}

function exchangeOn(sdk: Sdk, once: SendOnce): Exchange {
  return async (jwt, signal) => {
    const request = sdk.iam.CreateIamTokenRequest.fromPartial({ jwt })
    return await once(
      {
        what: 'exchange the key for a token',
        send: async ({ iam }, options) => {
          const { iamToken, expiresAt } = await iam.create(request, options)
          return { token: iamToken, ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.getTime() }) }
        },
      },
      signal,
    )
  }
}
