import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { copyProject, type ProjectCopy } from '../gates/project-copy.ts'

const suite = `import { expect, test } from 'vitest'
import { needs } from './support/servers.ts'

test('needs nothing', () => expect(1).toBe(1))
needs('prometheus')('a suite with a server', () => {
  test('runs', () => expect(1).toBe(1))
})
`
const planted = 'test/planted.integration.test.ts'
const installable = process.getuid?.() === 0 && existsSync('/etc/debian_version')

// A copy in which Prometheus is never there, and the installer only says what it was asked for.
const copyWithoutServer = async (): Promise<ProjectCopy> => {
  const copy = await copyProject()
  await copy.edit('scripts/servers.ts', (text) => text.replace(/binary: '\w+'/, "binary: 'no-such-server'"))
  await copy.plant('scripts/install-packages.sh', 'echo "asked for $@"\n')
  await copy.plant(planted, suite)
  return copy
}

describe('npm test where a server is missing', () => {
  let copy: ProjectCopy
  beforeAll(async () => {
    copy = await copyWithoutServer()
  })

  test('names the suites that it skips and passes', async () => {
    const { code, output } = await copy.run('test', [planted], { CI: undefined })
    expect(output).toContain('prometheus is missing (Debian package prometheus), these suites are skipped:\n')
    expect(output).toContain(`\n  ${planted}\n`)
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 1 skipped')
    expect(code).toBe(0)
  })

  test('fails with CI=true', async () => {
    const { code, output } = await copy.run('test', [planted], { CI: 'true' })
    expect(output).toContain('CI=true, so these suites fail:\n')
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })

  test.runIf(installable)('tries to install it first, as root on Debian', async () => {
    const { output } = await copy.run('test', [planted], { CI: undefined })
    expect(output).toContain('asked for prometheus\n')
  })
})

describe('npm test where nothing is missing', () => {
  test('runs the suite', async () => {
    const copy = await copyWithoutServer()
    await copy.edit('scripts/servers.ts', (text) => text.replace('no-such-server', 'sh'))
    const { code, output } = await copy.run('test', [planted])
    expect(output).not.toContain('missing')
    expect(output.trimEnd().split('\n').at(-1)).toBe('2 passed, 0 failed, 0 skipped')
    expect(code).toBe(0)
  })
})
