import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { start, tempFolder } from '../support/process.ts'

const root = join(import.meta.dirname, '../..')

/** What a gate said about a copy of the project. */
export type Verdict = { code: number | null; output: string }

/** A copy of this project, in which files can be planted and the gates of package.json run. */
export type ProjectCopy = {
  /** Writes a file, its path relative to the project. */
  plant(path: string, content: string): Promise<void>
  /** Runs a script of package.json with arguments. `output` is what it wrote to standard output. */
  run(script: string, ...args: string[]): Promise<Verdict>
}

/** Copies the project without what git ignores; node_modules is linked. Removed after the test file. */
export const copyProject = async (): Promise<ProjectCopy> => {
  const folder = await tempFolder('copy')
  const ignored = ['.git', 'node_modules', 'coverage', 'state'].map((name) => join(root, name))
  await cp(root, folder, { recursive: true, filter: (source) => !ignored.includes(source) })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { plant: (path, content) => plant(folder, path, content), run: (...args) => run(folder, ...args) }
}

const plant = async (folder: string, path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

const run = async (folder: string, script: string, ...args: string[]): Promise<Verdict> => {
  // The gates are programs of others, so their coverage is not collected.
  const child = await start(['npm', 'run', '--silent', script, '--', ...args], {
    cwd: folder,
    env: { NODE_V8_COVERAGE: undefined, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  const { code } = await child.exited
  return { code, output: child.stdout() }
}
