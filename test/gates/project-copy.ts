import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { start, tempFolder } from '../support/process.ts'

const root = join(import.meta.dirname, '../..')

/** What a gate said about a copy of the project, on standard output and standard error. */
export type Verdict = { code: number | null; output: string; errors: string }

type Environment = Record<string, string | undefined>

/** A copy of this project, in which files can be planted and the gates of package.json run. */
export type ProjectCopy = {
  /** Writes a file, its path relative to the project. */
  plant(path: string, content: string): Promise<void>
  /** Changes the text of a file that is there. */
  edit(path: string, change: (text: string) => string): Promise<void>
  /** Runs a script of package.json with arguments. */
  run(script: string, args?: readonly string[], env?: Environment): Promise<Verdict>
}

/** Copies the project without what git ignores; node_modules is linked. Removed after the test file. */
export const copyProject = async (): Promise<ProjectCopy> => {
  const folder = await tempFolder('copy')
  const ignored = ['.git', 'node_modules', 'coverage', 'state'].map((name) => join(root, name))
  await cp(root, folder, { recursive: true, filter: (source) => !ignored.includes(source) })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return {
    plant: (path, content) => plant(folder, path, content),
    edit: async (path, change) => plant(folder, path, change(await readFile(join(folder, path), 'utf8'))),
    run: (script, args = [], env = {}) => run(folder, script, args, env),
  }
}

const plant = async (folder: string, path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

const run = async (
  folder: string,
  script: string,
  args: readonly string[],
  env: Environment,
): Promise<Verdict> => {
  // The gates are programs of others, so their coverage is not collected.
  const child = await start(['npm', 'run', '--silent', script, '--', ...args], {
    cwd: folder,
    env: { NODE_V8_COVERAGE: undefined, FORCE_COLOR: undefined, ...env },
  })
  const { code } = await child.exited
  const output = stripVTControlCharacters(child.stdout())
  return { code, output, errors: stripVTControlCharacters(child.stderr()) }
}
