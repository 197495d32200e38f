import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort, start, tempFolder } from './process.ts'
import { until } from './until.ts'

test('collects both outputs and the exit code', async () => {
  const child = await start(['sh', '-c', 'echo out; echo err >&2; exit 3'])
  expect(await child.exited).toEqual({ code: 3, signal: null })
  expect([child.stdout(), child.stderr()]).toEqual(['out\n', 'err\n'])
})

test('the pid is the command itself', async () => {
  const child = await start(['sh', '-c', 'echo $$; exec sleep 60'])
  await until(() => child.stdout() === `${child.pid}\n`)
  expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' })
})

test('a process that ignores SIGTERM is killed after the deadline', async () => {
  const child = await start(['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 0.05; done'])
  await until(() => child.stdout() === 'up\n')
  expect(await child.stop(50)).toEqual({ code: null, signal: 'SIGKILL' })
})

test('the environment is extended and a variable can be left out', async () => {
  process.env['LEFT_OUT'] = 'inherited'
  const child = await start(['sh', '-c', 'echo "$ADDED,$LEFT_OUT."'], {
    env: { ADDED: 'yes', LEFT_OUT: undefined },
  })
  await child.exited
  expect(child.stdout()).toBe('yes,.\n')
})

test('a free port can be listened on and a temporary folder exists', async () => {
  const port = await freePort()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  await new Promise<void>((resolve) => server.close(() => resolve()))
  expect(existsSync(await tempFolder())).toBe(true)
})

test('the end of a process is seen although a detached grandchild keeps its output open', async () => {
  const child = await start(['sh', '-c', 'sleep 3 & exit 0'])
  expect(await child.exited).toEqual({ code: 0, signal: null })
})
