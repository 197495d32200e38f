import { expect, test } from 'vitest'
import { schema } from '../../../controller/commands/schema.ts'
import { fileKinds } from '../../../controller/schema/schemas.ts'
import { filesOf } from '../policy/support.ts'
import { witness } from './support.ts'

async function run(...argv: string[]) {
  const context = witness(filesOf({}))
  const code = await schema.run(argv, context)
  return { code, written: context.written.join('\n'), complaints: context.complaints }
}

test.for([...fileKinds])('prints the schema of $name', async ({ name, title }) => {
  const { code, written, complaints } = await run(name)
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] })
  expect(JSON.parse(written)).toMatchObject({ title: `${title} of Capuchin`, type: 'object' })
})

test('prints that of policies where nothing else is said', async () => {
  expect((await run()).written).toBe((await run('policy')).written)
})

test.for([['polcy'], ['policy', 'settings']])('%s is no kind of file', async (argv) => {
  const { code, written, complaints } = await run(...argv)
  expect({ code, written }).toEqual({ code: 2, written: '' })
  expect(complaints).toEqual([
    expect.stringMatching(/^capuchin schema: there is policy, settings, scenarios; did you mean "policy"\?$/),
  ])
})
