import type { Planted } from './style.ts'

const globals = 'lint/style/noRestrictedGlobals'
const imports = 'lint/style/noRestrictedImports'
const members = 'lint/nursery/noJsRestrictedProperties'

let planted = 0

/** A file of its own in `folder` with one line of code, and what the layering says about it. */
const row = (folder: string, line: string, ...rules: string[]): Planted => {
  planted += 1
  const path = `${folder}/planted-${planted}.ts`
  return { name: `${folder}: ${line}`, path, content: `${line}\n`, rules }
}

const pure = (line: string, ...rules: string[]): Planted => row('controller/decision', line, ...rules)

const pureCode: Planted[] = [
  pure("export { join } from 'node:path'", imports),
  pure("export type { Server } from 'node:http'", imports),
  pure("export { argv } from 'process'", imports, 'lint/style/useNodejsImportProtocol'),
  pure("export { pino } from 'pino'", imports),
  pure("export { x } from '../sources/index.ts'", imports),
  pure("export { x } from './../sources/index.ts'", imports),
  pure("export type { x } from '../providers/provider.ts'", imports),
  pure("export const later = () => import('../store/index.ts')", imports),
  pure("export { z } from 'zod'"),
  pure("export { integral } from '../strategies/integral.ts'"),
  pure('export const now = Date.now()', globals),
  pure('export const now = new Date()', globals, 'plugin'),
  pure('export const now = performance.now()', globals),
  pure("export const page = () => fetch('http://127.0.0.1/')", globals),
  pure('export const pid = process.pid', globals),
  pure("export const home = process.env['HOME']", globals),
  pure('export const id = crypto.randomUUID()', globals),
  pure('export const wait = setTimeout(String, 1)', globals),
  pure('export const tick = setInterval(String, 1)', globals),
  pure('export const soon = setImmediate(String)', globals),
  pure('export const next = queueMicrotask(String)', globals),
  pure('export const deadline = AbortSignal.timeout(1)', globals),
  pure('export const now = globalThis.Date.now()', globals),
  pure('export const now = global.performance.now()', globals),
  pure('export const chance = Math.random()', members),
  pure("export const chance = Math['random']()", members),
  pure('export const { random } = Math', members),
  pure('export const chance = ((m: Math) => m.random())(Math)', members),
  pure('export const least = Math.min(1, 2)'),
]

// One violation of each kind in the other pure places.
const otherPureCode: Planted[] = ['controller/strategies', 'controller/policy'].flatMap((folder) => [
  row(folder, "export { join } from 'node:path'", imports),
  row(folder, "export { x } from '../providers/index.ts'", imports),
  row(folder, 'export const now = Date.now()', globals),
  row(folder, 'export const chance = Math.random()', members),
])

// A virtual world has nothing of the real one.
const virtual: Planted[] = [
  row('controller/simulate', "export { join } from 'node:path'", imports),
  row('controller/simulate', "export { x } from '../providers/process/process.ts'", imports),
  row('controller/simulate', "export { x } from '../store/file.ts'", imports),
  row('controller/simulate', "export { x } from '../policy/load.ts'", imports),
  row('controller/simulate', "export { x } from '../providers/memory/cloud.ts'"),
  row('controller/simulate', "export { x } from '../loop/tick.ts'"),
  row('controller/simulate', 'export const wait = setTimeout(String, 1)', globals),
  row('controller/simulate', "export const page = () => fetch('http://127.0.0.1/')", globals),
  row('controller/simulate', 'export const now = Date.now()', members),
  row('controller/simulate', 'export const start = Date.UTC(2026, 0, 5)'),
]

const page = (path: string): Planted => ({
  name: path,
  path,
  content: "import { join } from 'node:path'\n\nexport const now = [join(), Date.now(), Math.random()]\n",
  rules: [imports, globals, members],
})

const edges: Planted[] = [
  row('controller/loop', "export { x } from '../../ingest/gateway/app.ts'", imports),
  row('controller/loop', "export const x = () => import('../../ingest/gateway/app.ts')", imports),
  row('controller/loop', "export { x } from '../../demo/main.ts'", imports),
  row('controller/loop', "export { x } from '../../test/support/until.ts'", imports),
  row('ingest/gateway', "export { x } from '../../controller/app.ts'", imports),
  row('ingest/gateway', "export type { x } from '../../controller/decision/fleet.ts'", imports),
  row('relay', "export { x } from '../controller/app.ts'", imports),
  row('relay', "export type { x } from '../ingest/shared/lifecycle.ts'", imports),
  row('demo', "export { x } from '../controller/app.ts'"),
  row('demo', "export { x } from '../ingest/gateway/app.ts'"),
  row('test', "export { x } from '../controller/app.ts'"),
  row('test', "export { x } from '../ingest/gateway/app.ts'"),
]

// Clock, randomness and environment are read in the composition roots only.
const roots: Planted[] = ['controller/sources', 'ingest/gateway', 'relay'].flatMap((folder) => [
  row(folder, 'export const now = Date.now()', members),
  row(folder, 'export const clock = Date.now', members),
  row(folder, 'export const now = new Date()', 'plugin'),
  row(folder, 'export const text = new Date(0).toISOString()'),
  row(folder, 'export const chance = Math.random()', members),
  row(folder, "export const home = process.env['HOME']", members),
  row(folder, 'export const { env } = process', members),
  row(folder, "export { env } from 'node:process'", imports),
  row(folder, 'export const wait = setTimeout(String, 1)'),
  {
    ...row(folder, 'the composition root'),
    path: `${folder}/planted/app.ts`,
    content: "export const read = [new Date(), Date.now(), Math.random(), process.env['HOME']]\n",
  },
])

/** Violations of the layering, and beside them what it allows. */
export const layering: Planted[] = [
  ...pureCode,
  ...otherPureCode,
  ...virtual,
  page('controller/web/page/view/planted.ts'),
  ...edges,
  ...roots,
]
