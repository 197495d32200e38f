import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { start, tempFolder } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { startInTerminal } from '../../support/terminal.ts'
import { until } from '../../support/until.ts'

const settings = `sources: {}
pools: { lobby: { provider: process, slots: 3, hosts: { min: 0, max: 4 } } }
server: { listen: "127.0.0.1:1" }
`

/** A folder with settings, in which `capuchin` is found on the PATH through a link that leads to the checkout. */
async function place() {
  const cwd = await tempFolder('shell')
  await writeFile(join(cwd, 'capuchin.yaml'), settings)
  await writeFile(join(cwd, 'lobster.yaml'), settings)
  await symlink(resolve('bin/capuchin'), join(cwd, 'linked'))
  await symlink('linked', join(cwd, 'capuchin'))
  return { cwd, env: { PATH: `${cwd}:${process.env['PATH']}`, PS1: 'now> ', HOME: cwd } }
}

/** Types lines and tabulators into an interactive shell, as an operator does, and looks at what stands there then. */
async function completedBy(
  shell: string,
  source: string,
  typed: readonly (readonly [string, RegExp])[],
): Promise<void> {
  const { cwd, env } = await place()
  const terminal = await startInTerminal(shell, { cwd, env, rows: 40, columns: 100 })
  const shown = (what: RegExp) =>
    until(() => terminal.screen().some((line) => what.test(line)), {
      within: 60_000,
      what: `${what} in ${shell}`,
    })
  terminal.type(`PS1='now> '; ${source}; echo READY$((1 + 1))\n`)
  await shown(/^READY2/)
  for (const [text, expected] of typed) {
    terminal.type(`${text}\t`)
    await shown(expected)
    terminal.type('\x15')
  }
  terminal.type('\nexit 0\n')
  await terminal.closed
}

const typed = [
  ['capuchin pau', /^now> capuchin pause$/],
  ['capuchin pause --poo', /^now> capuchin pause --pool$/],
  ['capuchin pause --pool ', /^now> capuchin pause --pool lobby$/],
  ['capuchin check --config lobs', /^now> capuchin check --config lobster\.yaml$/],
] as const

test('bash completes commands, options, names and files', async () => {
  await completedBy('bash --norc --noprofile -i', 'source <(capuchin completion bash)', typed)
})

needs('zsh')('zsh', () => {
  test('completes commands, options, names and files', async () => {
    const source = 'autoload -Uz compinit; compinit -u -d .dump; source <(capuchin completion zsh)'
    await completedBy('zsh -f -i', source, typed)
  })
})

needs('fish')('fish', () => {
  test('completes commands, options, names and files, with what they are', async () => {
    const { cwd, env } = await place()
    const asked = [
      'capuchin pau',
      'capuchin pause --poo',
      'capuchin pause --pool ',
      'capuchin check --config lobs',
    ]
    const lines = asked.map((line) => `complete -C ${JSON.stringify(line)}`)
    const script = ['capuchin completion fish | source', ...lines].join('\n')
    const child = await start(['fish', '--no-config', '-c', script], { cwd, env })
    expect((await child.exited).code).toBe(0)
    expect(child.stdout().split('\n')).toEqual([
      expect.stringMatching(/^pause\tStops the scaling/),
      expect.stringMatching(/^--pool\ta pool/),
      'lobby',
      'lobster.yaml',
      '',
    ])
  })
})

test('the wrapper says what to do where there is no Node', async () => {
  const bare = await tempFolder('bare')
  await mkdir(join(bare, 'bin'))
  await copyFile(resolve('bin/capuchin'), join(bare, 'bin/capuchin'))
  await symlink('/usr/bin/dirname', join(bare, 'dirname'))
  const child = await start(['env', `PATH=${bare}`, '/bin/sh', join(bare, 'bin/capuchin'), 'status'])
  expect((await child.exited).code).toBe(1)
  expect(child.stderr()).toMatch(/^capuchin: there is no Node: run `npm ci` in .*capuchin-bare-/)
})
