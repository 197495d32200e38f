import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Place } from '../support/controller.ts'
import { rows } from './bad-files.ts'
import { contentOf, smallPlace } from './small-place.ts'

// What an operator may get wrong before anything runs. A bad file changes nothing: no folder, no file, no host.

/** A place with these files in the place of its policies. */
const placeWith = async (files: Record<string, string>): Promise<Place> => {
  const place = await smallPlace()
  await rm(join(place.folder, 'policies'), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(place.folder, path, '..'), { recursive: true })
    await writeFile(join(place.folder, path), text)
  }
  return place
}

const closing = (problems: readonly string[], what: string): string =>
  `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}: ${what}\n`

describe('files that cannot work', () => {
  test.concurrent.for(rows)('$name', async ({ files, problems }, { expect: expected }) => {
    const place = await placeWith(files)
    const before = await contentOf(place.folder)
    const lines = problems.map((line) => `${line}\n`).join('')
    expected(await place.capuchin('run')).toEqual({
      code: 1,
      stdout: '',
      stderr: lines + closing(problems, 'nothing was started'),
    })
    expected(await contentOf(place.folder)).toEqual(before)
    expected(place.processes()).toEqual([])
  })

  test('check tells the same', async () => {
    const { files, problems } = rows.at(-1) ?? { files: {}, problems: [] }
    const stderr = `${problems.join('\n')}\n${closing(problems, 'nothing would be loaded')}`
    const place = await placeWith(files)
    expect(await place.capuchin('check')).toEqual({ code: 1, stdout: '', stderr })
    const { code, stdout } = await place.capuchin('check', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout).problems).toHaveLength(problems.length)
  })

  test('what needs no policies works all the same, and plan does not', async () => {
    const place = await placeWith({})
    const before = await contentOf(place.folder)
    expect(await place.capuchin('plan')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'policies: does not exist\n1 problem: nothing can be planned\n',
    })
    const status = await place.capuchin('status')
    expect(status).toEqual({
      code: 1,
      stdout: '',
      stderr: `capuchin status: no controller answers at ${place.url}\nNothing is saved yet: \`capuchin run\` starts the controller.\n`,
    })
    expect(await contentOf(place.folder)).toEqual(before)
  })

  test('settings that cannot be read leave nobody to ask', async () => {
    const place = await smallPlace()
    await place.writeSettings('tick: 7s\npools: {}\n')
    const problems = [
      'capuchin.yaml:1: tick: has to divide a minute or an hour evenly, such as 5s, 15s, 30s, 1m or 5m',
      'capuchin.yaml:2: pools: needs at least one pool',
    ]
    const lines = problems.map((line) => `${line}\n`).join('')
    const answers = { status: 'it is not known whom to ask', down: 'nothing was stopped' }
    for (const [command, what] of Object.entries(answers)) {
      const stderr = lines + closing(problems, what)
      expect(await place.capuchin(command)).toEqual({ code: 1, stdout: '', stderr })
    }
    const line = `CAPUCHIN UNKNOWN - ${problems[0]} (and 1 more)\n`
    expect(await place.capuchin('status', '--check')).toEqual({ code: 3, stdout: line, stderr: '' })
    await rm(join(place.folder, 'capuchin.yaml'))
    expect(await place.capuchin('run')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'capuchin.yaml: does not exist\n1 problem: nothing was started\n',
    })
  })
})

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']
/** Root reads everything, so somebody else has to try; that one has to be able to read the sources, though. */
const canBeNobody = (() => {
  try {
    const [command = '', ...args] = [...nobody, process.execPath, resolve('controller/main.ts'), '--help']
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

test.skipIf(!canBeNobody)('a folder of policies, and a policy, that may not be read', async () => {
  const place = await smallPlace()
  const policies = join(place.folder, 'policies')
  await chmod(place.folder, 0o755)
  const run = async () => {
    // Nobody may not write into the folder in which coverage is gathered, and would complain of that.
    const { child } = await place.launch({ wrap: ['env', '-u', 'NODE_V8_COVERAGE', ...nobody] })
    const { code } = await child.exited
    return { code, stderr: child.stderr() }
  }
  await chmod(policies, 0o700)
  expect(await run()).toEqual({
    code: 1,
    stderr: 'policies: cannot be read: permission denied\n1 problem: nothing was started\n',
  })
  await chmod(policies, 0o755)
  await chmod(join(policies, 'ingest.yaml'), 0o600)
  expect(await run()).toEqual({
    code: 1,
    stderr: 'policies/ingest.yaml: cannot be read: permission denied\n1 problem: nothing was started\n',
  })
  // And where the state may not be made.
  await chmod(join(policies, 'ingest.yaml'), 0o644)
  expect(await run()).toEqual({
    code: 1,
    stderr: `capuchin run: ${place.state}: give the user that runs capuchin write access to it (EACCES)\n`,
  })
})

test('commands and options that do not exist, and the nearest', async () => {
  const place = await smallPlace()
  const before = await contentOf(place.folder)
  const unknown = await place.capuchin('nonsense')
  expect(unknown).toMatchObject({ code: 2, stdout: '' })
  expect(unknown.stderr).toMatch(
    /^capuchin: there is no command "nonsense"\ncapuchin COMMAND \[options\]\n\n {2}run +Runs/,
  )
  expect(await place.capuchin('stauts')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^capuchin: there is no command "stauts"; did you mean "status"\?\n/),
  })
  expect(await place.capuchin('status', '--chek')).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'capuchin status: there is no option --chek; did you mean "--check"?\ncapuchin status --help tells its options\n',
  })
  expect(await contentOf(place.folder)).toEqual(before)
})
