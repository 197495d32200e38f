import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { freePort, start, tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import { gatewayCommand, startGateway } from './gateway.ts'

const namedPipe = async (dir: string, name: string) => {
  await promisify(execFile)('mkfifo', [join(dir, name)])
  return join(dir, name)
}

const ended = async (...args: readonly string[]) => {
  const child = await start(gatewayCommand(...args))
  const { code } = await child.exited
  return { code, stdout: child.stdout(), stderr: child.stderr() }
}

test('--help explains the flags and ends with 0', async () => {
  const { code, stdout } = await ended('--help')
  expect(code).toBe(0)
  for (const flag of ['--addr', '--sink', '--dir', '--grace', 'CAPUCHIN_DRAIN_TOKEN'])
    expect(stdout).toContain(flag)
})

test('wrong usage ends with 2 and one clear sentence', async () => {
  const { code, stderr } = await ended('--sink', 'file', '--dir', 'data', '--addr', 'nowhere')
  expect(code).toBe(2)
  expect(stderr).toBe(
    'ingest: --addr nowhere is no address: say HOST:PORT, such as 127.0.0.1:8080\nTry --help.\n',
  )
})

test('a port in use ends with 1, names the port, and leaves the folder alone', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()))
  const address = other.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const dir = join(await tempFolder('gateway'), 'untouched')
  const { code, stderr } = await ended('--addr', `127.0.0.1:${port}`, '--sink', 'file', '--dir', dir)
  other.close()
  expect(code).toBe(1)
  expect(stderr).toContain(`127.0.0.1:${port} is in use by another process`)
  await expect(writeFile(join(dir, 'x'), '')).rejects.toThrow('ENOENT')
})

test('a folder that cannot be used ends with 1 and names it', async () => {
  const file = join(await tempFolder('gateway'), 'file')
  await writeFile(file, '')
  const { code, stderr } = await ended('--addr', '127.0.0.1:0', '--sink', 'file', '--dir', join(file, 'data'))
  expect(code).toBe(1)
  expect(stderr).toContain(`ingest: ${join(file, 'data')} cannot be used`)
})

test('a second gateway on the same folder ends with 1, the first one goes on', async () => {
  const first = await startGateway()
  const { code, stderr } = await ended('--addr', '127.0.0.1:0', '--sink', 'file', '--dir', first.dir)
  expect(code).toBe(1)
  expect(stderr).toBe(`ingest: ${first.dir} is in use by another process\n`)
  expect((await fetch(`${first.url}/post`, { method: 'POST', body: '{}' })).status).toBe(200)
})

test('while it still counts its events it is alive and starting, takes nothing, and can be stopped', async () => {
  const dir = await tempFolder('gateway')
  // Opening a pipe that nobody writes to takes for ever, as counting a very long file may seem to.
  const pipe = await namedPipe(dir, 'checkpoint.json')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = await start(gatewayCommand('--addr', `127.0.0.1:${port}`, '--sink', 'file', '--dir', dir))
  await until(async () => (await fetch(`${url}/status`)).ok)
  const ready = await fetch(`${url}/ready`)
  expect([ready.status, await ready.json()]).toEqual([503, { state: 'starting' }])
  const post = await fetch(`${url}/post`, { method: 'POST', body: '{}' })
  expect([post.status, post.headers.get('retry-after')]).toEqual([503, '1'])
  child.signal('SIGTERM')
  await until(() => child.exit() !== undefined || writeFile(pipe, '').then(() => false), { every: 50 })
  expect(child.exit()).toEqual({ code: 0, signal: null })
})

test('when the folder hangs at the end, the process ends with the grace all the same', async () => {
  const gateway = await startGateway({ args: ['--grace', '500ms'] })
  await namedPipe(gateway.dir, 'checkpoint.json.tmp')
  gateway.child.signal('SIGTERM')
  expect(await gateway.child.exited).toEqual({ code: null, signal: 'SIGKILL' })
  expect(gateway.child.stdout()).toContain('the grace is over with work left')
})
