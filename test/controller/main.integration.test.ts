import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { start, tempFolder } from '../support/process.ts'
import { soundBut } from './policy/support.ts'

const main = resolve('controller/main.ts')

const settings = `sources: { main: { type: scrape } }
pools: { local: { provider: process, slots: 3, hosts: { min: 1, max: 4 } } }
`

/** A folder with settings and one policy. */
async function folderWith(policy: string): Promise<string> {
  const folder = await tempFolder('main')
  await mkdir(join(folder, 'policies'))
  await writeFile(join(folder, 'capuchin.yaml'), settings)
  await writeFile(join(folder, 'policies', 'ingest.yaml'), policy)
  return folder
}

async function capuchin(cwd: string, ...args: string[]) {
  const child = await start([process.execPath, main, ...args], { cwd })
  const { code } = await child.exited
  return { code, stdout: child.stdout(), stderr: child.stderr() }
}

const sound = soundBut('slots: 1', 'slots: 1')

test('check of sound files ends with 0 and says what they will do', async () => {
  const { code, stdout, stderr } = await capuchin(await folderWith(sound), 'check')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^ingest: 2\.\.6 on pool local\n/)
})

test('check of a bad file ends with 1 and names its place', async () => {
  const { code, stdout, stderr } = await capuchin(await folderWith(soundBut('min: 2', 'min: 7')), 'check')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe(
    'policies/ingest.yaml:12: size.min: min (7) is more than max (6)\n1 problem: nothing would be loaded\n',
  )
})

test('a SIGHUP that hits another command than run does not end it', async () => {
  const silent = createServer()
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  const asked = once(silent, 'connection')
  const folder = await folderWith(sound)
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await writeFile(join(folder, 'capuchin.yaml'), `${settings}server: { listen: "127.0.0.1:${port}" }\n`)
  const child = await start([process.execPath, main, 'status', '--check'], { cwd: folder })
  // It waits for an answer now, and goes on to do so.
  const [socket] = (await asked) as [Socket]
  child.signal('SIGHUP')
  socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n')
  const { code } = await child.exited
  silent.close()
  expect({ code, stdout: child.stdout() }).toEqual({
    code: 3,
    stdout: `CAPUCHIN UNKNOWN - http://127.0.0.1:${port} answers 503\n`,
  })
})

test('a command that does not exist ends with 2', async () => {
  const { code, stderr } = await capuchin(await folderWith(sound), 'chek')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^capuchin: there is no command "chek"; did you mean "check"\?\n/)
})

// Root may read everything, so for root there is no such folder.
test.skipIf(process.getuid?.() === 0)('a folder of policies that may not be read', async () => {
  const folder = await folderWith(sound)
  await chmod(join(folder, 'policies'), 0)
  const { code, stderr } = await capuchin(folder, 'check')
  await chmod(join(folder, 'policies'), 0o700)
  expect(code).toBe(1)
  expect(stderr).toBe('policies: cannot be read: permission denied\n1 problem: nothing would be loaded\n')
})

test('a folder of policies that is a file', async () => {
  const folder = await tempFolder('main')
  await writeFile(join(folder, 'capuchin.yaml'), settings)
  await writeFile(join(folder, 'policies'), '')
  const { code, stderr } = await capuchin(folder, 'check')
  expect(code).toBe(1)
  expect(stderr).toBe('policies: cannot be read: it is not a folder\n1 problem: nothing would be loaded\n')
})
