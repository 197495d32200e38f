import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { KEY_ID, SERVICE_ACCOUNT } from './ids.ts'

export interface AccountKey {
  publicKey: string
  privateKey: string
}

let made: Promise<AccountKey> | undefined

/** The key pair of the service account, made once in a process. */
export const accountKey = (): Promise<AccountKey> => {
  made ??= promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return made
}

/** The file that `yc iam key create` writes, with the line that real ones have before the key. */
export function keyFileOf({ publicKey, privateKey }: AccountKey): string {
  const warning = `PLEASE DO NOT REMOVE THIS LINE! Yandex.Cloud SA Key ID <${KEY_ID}>\n`
  const file = {
    id: KEY_ID,
    service_account_id: SERVICE_ACCOUNT,
    created_at: '2026-01-01T00:00:00Z',
    key_algorithm: 'RSA_2048',
    public_key: publicKey,
    private_key: warning + privateKey,
  }
  return JSON.stringify(file, null, 2)
}
