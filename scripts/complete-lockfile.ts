import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Lockfile, missingPlatforms } from './lockfile.ts'

// `npm run lock`, after every `npm install PACKAGE`: adds what npm left out of the lockfile, see lockfile.ts.

const file = join(import.meta.dirname, '../package-lock.json')
const text = readFileSync(file, 'utf8')
const missing = missingPlatforms(Lockfile.parse(JSON.parse(text)))
// Records keep the order of npm's keys.
const Json = z.record(z.string(), z.unknown())
const lockfile = Json.parse(JSON.parse(text))
const packages = Object.entries({ ...Json.parse(lockfile['packages']), ...missing })
packages.sort(([one], [other]) => one.localeCompare(other, 'en'))
writeFileSync(file, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(packages) }, null, 2)}\n`)
console.log(`package-lock.json: ${Object.keys(missing).length} packages of other platforms added`)
