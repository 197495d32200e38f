import { readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type TestContext } from 'vitest'
import { endLeftovers, leftoversOf } from '../../demo/setup/leftovers.ts'
import { type Running, type StartOptions, start, tempFolder } from '../support/process.ts'

const folders: string[] = []

/** To be called after the last test of a file: whatever a demo that failed has left ends. */
export function endAll(): void {
  for (const tmp of folders) endLeftovers(tmp)
}

export interface Demo {
  tmp: string
  running: Running
}

/** The demo as `npm run demo` starts it, with its folder in a `tmp` of its own and its output in a pipe. */
export async function demo(
  { onTestFinished }: TestContext,
  args: readonly string[],
  env: StartOptions['env'] = {},
): Promise<Demo> {
  const tmp = await tempFolder('demo-test')
  folders.push(tmp)
  const running = await start([process.execPath, 'demo/main.ts', ...args], { env: { ...env, TMPDIR: tmp } })
  onTestFinished(async () => {
    await running.stop(60_000)
  })
  return { tmp, running }
}

export const isUp = ({ stdout }: Running): boolean => stdout().includes('goes to new host')

/** A PATH on which nothing is that the demo might use. */
export async function barePath(): Promise<string> {
  const folder = await tempFolder('demo-path')
  // What tests start everything with.
  await symlink('/usr/bin/setpriv', join(folder, 'setpriv'))
  return folder
}

/** Neither a process nor a file of the demo is left. */
export async function expectNothingLeft({ tmp }: Demo): Promise<void> {
  expect(leftoversOf(tmp)).toEqual([])
  expect(await readdir(tmp)).toEqual([])
}
