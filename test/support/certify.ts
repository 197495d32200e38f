import { join } from 'node:path'
import { start } from './process.ts'

/** A certificate that is its own authority, and its key, as files in a folder. */
export type Certificate = { cert: string; key: string }

/** Makes NAME.crt and NAME.key in the folder, good for two days. `subject`: whom it vouches for, such as `DNS:ops.example`. */
export const certify = async (
  folder: string,
  name: string,
  subject = 'IP:127.0.0.1',
): Promise<Certificate> => {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const about = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subject}`]
  const made = await start(['openssl', 'req', '-x509', ...kind, ...about, '-out', cert, '-keyout', key])
  if ((await made.exited).code !== 0) throw new Error(made.stderr())
  return { cert, key }
}
