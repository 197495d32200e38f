import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asText, dashboards } from './all.ts'

for (const [name, make] of Object.entries(dashboards)) {
  const file = join(import.meta.dirname, `${name}.json`)
  await writeFile(file, asText(make()))
  process.stdout.write(`dashboards/${name}.json\n`)
}
