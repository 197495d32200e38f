import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/wishes.md'), 'utf8')

interface Wish {
  number: number
  title: string
  named: { file: string; name: string }[]
  isOpen: boolean
}

const wishes = page.split(/^## /m).slice(1).map(wishOf)

function wishOf(section: string): Wish {
  const [, number = '', title = ''] = /^(\d+)\. (.*)$/m.exec(section) ?? []
  const named = [...section.matchAll(/^- (\S+): "(.*)"$/gm)].map(([, file = '', name = '']) => ({
    file,
    name,
  }))
  return { number: Number(number), title, named, isOpen: /^Not yet: .+\.$/ms.test(section) }
}

/** Names of tests stand in their own file, or, for planted mistakes, in a list of the fixtures. */
const fixtures = readdirSync(join(root, 'test/support'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'test/support', name), 'utf8'))

test('there are twenty wishes, each answered by a test or by what is not there yet', () => {
  expect(wishes.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect(wishes.filter(({ named, isOpen }) => named.length === 0 && !isOpen)).toEqual([])
})

describe('every test that is named exists', () => {
  test.for(wishes.map((wish) => [wish.title, wish] as const))('%s', ([, { named }]) => {
    const missing = named.filter(({ file, name }) => {
      const quoted = name.replaceAll("'", "\\'")
      const own = readFileSync(join(root, file), 'utf8')
      const isThere = (text: string): boolean => text.includes(name) || text.includes(quoted)
      return !isThere(own) && !(own.includes('plants') && fixtures.some(isThere))
    })
    expect(missing).toEqual([])
  })
})
