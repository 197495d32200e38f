import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start } from '../support/process.ts'

const script = join(import.meta.dirname, '../../scripts/check-node.mjs')

test.for([
  { name: 'a Node that runs TypeScript passes in silence', flags: [], code: 0, said: '' },
  {
    name: 'a Node that does not is refused with the remedy',
    flags: ['--no-experimental-strip-types'],
    code: 1,
    said: 'cannot run TypeScript: Capuchin needs Node 22.18 or newer.\n',
  },
])('$name', async ({ flags, code, said }) => {
  const child = await start([process.execPath, ...flags, script])
  expect(await child.exited).toMatchObject({ code })
  expect(child.stderr()).toContain(said)
})
