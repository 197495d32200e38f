import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// What is compiled once need not be again, nor does Node load what strips the types, which takes more memory than the relay itself.
// Where this folder cannot be written it changes nothing; NODE_COMPILE_CACHE names another one, and then covers this file as well.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/capuchin'))
const { run } = await import('./app.ts')

const stopped = () =>
  new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })

// Whoever reads the log may go away; the metrics go on all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
process.on('SIGHUP', () => undefined)

const code = await run(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  stopped,
})
process.exit(code)
