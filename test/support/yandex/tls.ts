import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** PEM texts: a certificate authority of our own, and a certificate of it for localhost. */
export interface Tls {
  ca: string
  cert: string
  key: string
}

let made: Promise<Tls> | undefined

/** Made by openssl once in a process, since it is good for every fake. Rejects where openssl is not installed. */
export const localTls = (): Promise<Tls> => {
  made ??= makeTls()
  return made
}

async function makeTls(): Promise<Tls> {
  const folder = await mkdtemp(join(tmpdir(), 'capuchin-tls-'))
  try {
    return await makeIn(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeIn(folder: string): Promise<Tls> {
  const openssl = (line: string) => run('openssl', line.split(' '), { cwd: folder })
  const fresh = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650'
  await openssl(`${fresh} -keyout ca.key -out ca.pem -subj /CN=fake-yandex-ca`)
  await writeFile(
    join(folder, 'ext'),
    'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n',
  )
  const request = 'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  await openssl(`${request} -keyout server.key -out server.csr -subj /CN=localhost`)
  await openssl(
    'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out server.pem -extfile ext',
  )
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  return { ca: await read('ca.pem'), cert: await read('server.pem'), key: await read('server.key') }
}
