import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerName } from './servers.ts'

/** The test files under `root`/test that call `needs(...)` with this server, as sorted paths from `root`. */
export const suitesNeeding = (root: string, server: ServerName): string[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => needsServer(readFileSync(join(root, 'test', file), 'utf8'), server))
    .map((file) => join('test', file))
    .sort()

const needsServer = (source: string, server: ServerName): boolean =>
  [...source.matchAll(/\bneeds\(([^)]*)\)/g)].some(([, names = '']) => names.includes(`'${server}'`))
