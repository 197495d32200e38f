import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBoard } from '../files.ts'
import { prometheusAt } from './ask.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { previewOf, windowOf } from './preview.ts'
import { photographer } from './screenshot.ts'

const out = (text: string): void => void process.stdout.write(`${text}\n`)
const err = (text: string): void => void process.stderr.write(`${text}\n`)

async function run({
  prometheus: url,
  boards,
  from,
  to,
  scrape,
  values,
  out: folder,
}: Options): Promise<number> {
  const prometheus = prometheusAt(url, fetch)
  const window = windowOf(Date.now() - to, from - to, scrape)
  const photograph = photographer(process.env['PATH'])
  if (photograph === undefined) err('There is no chromium on the PATH: pages only, no pictures.')
  await mkdir(folder, { recursive: true })
  let code = 0
  for (const name of boards) {
    const asked = { from: url, values, window, scrape: scrape / 1000 }
    const { html, faults, empty } = await previewOf(await readBoard(name), asked, prometheus)
    const page = join(folder, `${name}.html`)
    await writeFile(page, html)
    out(page)
    if (photograph !== undefined) {
      await photograph(html, join(folder, `${name}.png`))
      out(join(folder, `${name}.png`))
    }
    if (empty.length > 0) out(`  no data for ${empty.length} panels: ${empty.join('; ')}`)
    for (const fault of faults) err(`  ${fault}`)
    if (faults.length > 0) code = 1
  }
  return code
}

const parsed = parseOptions(process.argv.slice(2))
if (parsed.kind === 'help') out(usage)
if (parsed.kind === 'wrong') err(`${parsed.why}\n\n${usage}`)
if (parsed.kind !== 'run') process.exitCode = parsed.kind === 'help' ? 0 : 2
else
  process.exitCode = await run(parsed.options).catch((error: unknown) => {
    err(error instanceof Error ? error.message : String(error))
    return 1
  })
