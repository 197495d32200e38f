import { copyFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsFiles } from '../../../ingest/gateway/tls-pair.ts'
import { start } from '../../support/process.ts'

const openssl = async (...args: readonly string[]) => {
  const made = await start(['openssl', ...args])
  const { code } = await made.exited
  if (code !== 0) throw new Error(made.stderr())
}

/** Makes a certificate for localhost by the name `name` that is its own authority, valid for so many days from now. */
export const makeCertificate = async (dir: string, name: string, days = 2): Promise<TlsFiles> => {
  const [request, cert, key] = [join(dir, `${name}.csr`), join(dir, `${name}.crt`), join(dir, `${name}.key`)]
  await openssl(
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', request],
  )
  const signing = ['-signkey', key, '-copy_extensions', 'copyall', '-days', String(days)]
  await openssl('x509', '-req', '-in', request, ...signing, '-out', cert)
  return { cert, key }
}

/** The files of the certificate that a gateway is told to use. */
export const filesIn = (dir: string): TlsFiles => ({
  cert: join(dir, 'used.crt'),
  key: join(dir, 'used.key'),
})

/** Replaces the files in use, one after the other as an operator's tool does it. */
export const putInUse = async (dir: string, { cert, key }: TlsFiles): Promise<void> => {
  await replace(key, filesIn(dir).key)
  await replace(cert, filesIn(dir).cert)
}

const replace = async (from: string, to: string) => {
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
}
