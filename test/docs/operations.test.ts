import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../controller/commands/index.ts'
import { commandsOf } from './console.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const page = read('docs/operations.md')

const shown = await Promise.all(Object.values(commands).map((load) => load()))
const named = shown.filter(({ hidden }) => hidden !== true).map(({ name }) => name)

/** What a heading is linked by, as GitHub makes it. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  )

test.for(named)('docs/operations.md has a section for %s, with an example that is run', (name) => {
  expect(page).toContain(`\n### ${name}\n`)
  const examples = commandsOf(page).filter(({ command }) => command.includes(`capuchin ${name}`))
  expect(examples).not.toEqual([])
})

test('the table of README.md names every command', () => {
  const readme = read('README.md')
  const rows = readme.split('\n').filter((line) => line.startsWith('| `'))
  for (const name of named)
    expect(
      rows.some((row) => new RegExp(`\`${name}\\b`).test(row)),
      name,
    ).toBe(true)
})

test('docs/operations.md leads to the runbook of every alert', () => {
  const files = readdirSync(join(root, 'alerts')).filter((name) => name.endsWith('.rules.yml'))
  const alerts = files.flatMap((name) => [...read(`alerts/${name}`).matchAll(/- alert: (\w+)/g)])
  expect(alerts.length).toBeGreaterThan(20)
  for (const [, name = ''] of alerts) expect(page).toContain(`(alerts.md#${name.toLowerCase()})`)
})

test.for(['docs/operations.md', 'README.md', 'CHANGELOG.md'])('what %s links to is there', (path) => {
  const text = read(path)
  const links = [...text.matchAll(/(?:\]\(|src=")([^)"#\s]*)(?:#([^)\s]*))?[)"]/g)].filter(
    ([, to = '']) => !/^\w+:/.test(to),
  )
  for (const [, to = '', anchor] of links) {
    const target = to === '' ? path : join(path, '..', to)
    if (target.endsWith('.md') && anchor !== undefined) expect(anchorsOf(read(target)), to).toContain(anchor)
    else expect(existsSync(join(root, target)), to).toBe(true)
  }
})
