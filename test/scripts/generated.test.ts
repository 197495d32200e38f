import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generated } from '../../scripts/reference/generated.ts'

test.for([...generated()])('%s is what would be generated now', ([path, text]) => {
  const written = existsSync(path) ? readFileSync(path, 'utf8') : ''
  expect(written === text, `${path} is not what the schemas say now: npm run schema`).toBe(true)
})
