/** A file to plant, and the categories of all that Biome must say about it: nothing more and nothing less. */
export type Planted = { name: string; path: string; content: string; rules: string[] }

const planted = (file: string, name: string, rules: string[], ...lines: string[]): Planted => ({
  name,
  path: file.includes('/') ? file : `controller/loop/planted-${file}.ts`,
  content: `${lines.join('\n')}\n`,
  rules,
})

/** Violations of the house style, wherever they are. */
export const style: Planted[] = [
  planted('nothing', 'a clean file', [], 'export const one = 1'),
  planted('format', 'a file that is not formatted', ['format'], 'export const one  =  1;'),
  planted(
    'sorting',
    'imports in disorder',
    ['assist/source/organizeImports'],
    "import { join } from 'node:path'",
    "import { tmpdir } from 'node:os'",
    'export const folder = join(tmpdir())',
  ),
  planted(
    'floating',
    'a promise that nobody awaits',
    ['lint/nursery/noFloatingPromises'],
    'const work = async (): Promise<number> => 1',
    'export const run = (): void => {',
    '  work()',
    '}',
  ),
  planted('enum', 'an enum', ['lint/style/noEnum'], 'export enum Size {', '  small = 0,', '}'),
  planted(
    'parameter',
    'a parameter property',
    ['lint/style/noParameterProperties'],
    'export class Host {',
    '  constructor(readonly name: string) {}',
    '}',
  ),
  planted('default', 'a default export', ['lint/style/noDefaultExport'], 'export default 1'),
  planted(
    'non-null',
    'a non-null assertion',
    ['lint/style/noNonNullAssertion'],
    'export const first = (list: string[]): string => list[0]!',
  ),
  planted(
    'any',
    'an any',
    ['lint/suspicious/noExplicitAny'],
    'export const all = (one: any): unknown => one',
  ),
  planted(
    'ts-ignore',
    'a ts-ignore',
    ['lint/suspicious/noTsIgnore'],
    '// @ts-ignore',
    "export const one: number = 'one'",
  ),
  planted('cast', 'a cast through unknown', ['plugin'], "export const one = 'one' as unknown as number"),
  planted(
    'import-type',
    'a type imported as a value',
    ['lint/style/useImportType'],
    "import { Server } from 'node:http'",
    'export const open = (server: Server): boolean => server.listening',
  ),
  planted(
    'extension',
    'an import without its extension',
    ['lint/correctness/useImportExtensions'],
    "export { one } from './planted-nothing'",
  ),
  planted(
    'protocol',
    'a built-in without node:',
    ['lint/style/useNodejsImportProtocol'],
    "export { join } from 'path'",
  ),
  planted(
    'undeclared',
    'a package that package.json does not name',
    ['lint/correctness/noUndeclaredDependencies'],
    "export { createServer } from 'vite'",
  ),
  planted(
    'cycle-a',
    'one half of an import cycle',
    ['lint/suspicious/noImportCycles'],
    "import { two } from './planted-cycle-b.ts'",
    'export const one = (): number => two()',
  ),
  planted(
    'cycle-b',
    'the other half of it',
    ['lint/suspicious/noImportCycles'],
    "import { one } from './planted-cycle-a.ts'",
    'export const two = (): number => one()',
  ),
  planted(
    'controller/loop/plantedName.ts',
    'a file name in camel case',
    ['lint/style/useFilenamingConvention'],
    'export const one = 1',
  ),
  planted(
    'test/planted-test-folder.ts',
    'the test folder',
    ['lint/suspicious/noExplicitAny'],
    'export const all = (one: any): unknown => one',
  ),
  planted(
    'demo/planted-demo-folder.ts',
    'the demo folder',
    ['lint/suspicious/noExplicitAny'],
    'export const all = (one: any): unknown => one',
  ),
  planted(
    'ingest/planted-ingest-folder.ts',
    'the ingest folder',
    ['lint/suspicious/noExplicitAny'],
    'export const all = (one: any): unknown => one',
  ),
  planted(
    'scripts/planted-scripts-folder.ts',
    'the scripts folder',
    ['lint/suspicious/noExplicitAny'],
    'export const all = (one: any): unknown => one',
  ),
]
