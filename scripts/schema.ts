import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generated } from './reference/generated.ts'

// `npm run schema`: writes the JSON Schemas that editors use and the reference pages, both from the schemas that `check` uses.

for (const [path, text] of generated()) {
  const place = join(import.meta.dirname, '..', path)
  mkdirSync(dirname(place), { recursive: true })
  writeFileSync(place, text)
  console.log(path)
}
