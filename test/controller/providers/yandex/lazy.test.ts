import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const controller = fileURLToPath(new URL('../../../../controller/', import.meta.url))
const files = readdirSync(controller, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)

/** What a file takes at once when it is loaded: types are not taken, and `await import()` takes later. */
function takenAtOnce(name: string): string[] {
  const text = readFileSync(join(controller, name), 'utf8')
  const imports = text.matchAll(/^(import|export)\s+(?!type\b)[^'"]*?from\s+'([^']+)'/gm)
  return [...imports].map(([, , from = '']) => from)
}

test('the SDK costs 47 MB and a third of a second, so nothing takes it before a pool asks for the cloud', () => {
  const heavy = /^(@yandex-cloud\/|nice-grpc|@grpc\/)|\/(sdk|connect)\.ts$/
  const takers = files.flatMap((name) =>
    takenAtOnce(name)
      .filter((from) => heavy.test(from))
      .map((from) => `${name} takes ${from}`),
  )
  // What connect.ts takes is taken with it, and it is itself taken later.
  expect(takers).toEqual(['providers/yandex/connect.ts takes ./sdk.ts'])
})

test('it is there to be taken', () => {
  const sdk = readFileSync(join(controller, 'providers/yandex/sdk.ts'), 'utf8')
  expect(sdk).toContain("import('@yandex-cloud/nodejs-sdk/")
  expect(
    files.some((name) => readFileSync(join(controller, name), 'utf8').includes("import('./connect.ts')")),
  ).toBe(true)
})
