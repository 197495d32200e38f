import { randomUUID } from 'node:crypto'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { endMarked, marking, startReaper } from '../support/marked.ts'
import { freePorts } from '../support/ports.ts'
import { tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'
import { commandsOf, fits, isSaidAgain, type Shown } from './console.ts'
import { openShell, type Shell } from './shell.ts'

const root = resolve(import.meta.dirname, '../..')
const mark = randomUUID()
const reaper = startReaper(mark)

afterAll(async () => {
  await endMarked(mark)
  await reaper.release()
})

/** As a fresh clone, with ports that nobody has: the server's, and twelve from it on for the instances. */
async function freshCopy(): Promise<{ folder: string; page: string }> {
  const folder = await tempFolder('walk')
  const left = ['.git', 'node_modules', 'coverage', 'state'].map((name) => join(root, name))
  await cp(root, folder, { recursive: true, filter: (path) => !left.includes(path) })
  const port = await freePorts(13)
  const moved = (text: string): string => text.replaceAll('7070', `${port}`).replaceAll('8100', `${port + 1}`)
  for (const name of ['capuchin.yaml', 'docs/operations.md']) {
    const path = join(folder, name)
    await writeFile(path, moved(await readFile(path, 'utf8')))
  }
  return { folder, page: await readFile(join(folder, 'docs/operations.md'), 'utf8') }
}

/** A command of the page may take so long, in ms; to install is the longest. */
const PATIENCE = 180_000

async function say(shell: Shell, shown: Shown): Promise<void> {
  const { command, output, line } = shown
  let said = ''
  const isSo = async (): Promise<boolean> => {
    said = (await shell.say(command, PATIENCE)).output
    return fits(said, output)
  }
  const patience = { within: 90_000, every: 500, what: `line ${line}` }
  const isShown = isSaidAgain(shown) ? await until(isSo, patience).catch(() => false) : await isSo()
  if (!isShown) expect(said, `docs/operations.md:${line}: ${command}`).toBe(output.join('\n'))
}

test('every command of docs/operations.md does what the page shows, and the walk takes less than five minutes', async () => {
  const { folder, page } = await freshCopy()
  const npm = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' }
  const env = {
    ...marking(mark),
    ...npm,
    TZ: 'UTC',
    USER: 'anna',
    SUDO_USER: undefined,
    NODE_V8_COVERAGE: undefined,
  }
  const shell = openShell(folder, env)
  const walk = commandsOf(page, 'The first five minutes')
  const all = commandsOf(page)
  expect(all.slice(0, walk.length)).toEqual(walk)
  const began = performance.now()
  for (const [at, shown] of all.entries()) {
    await say(shell, shown)
    if (at === walk.length - 1)
      console.log(`the walk took ${Math.round((performance.now() - began) / 1000)} s`)
    if (at === walk.length - 1) expect(performance.now() - began).toBeLessThan(300_000)
  }
  await shell.end()
})
