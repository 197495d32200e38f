import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDocument } from '../../../controller/policy/document.ts'
import { sayProblem } from '../../../controller/policy/problem.ts'

function saidOf(text: string): string[] {
  const outcome = readDocument(text, 'f.yaml')
  return outcome.kind === 'broken' ? outcome.problems.map(sayProblem) : []
}

function lineOf(text: string, path: readonly (string | number)[]): number | undefined {
  const outcome = readDocument(text, 'f.yaml')
  return outcome.kind === 'document' ? outcome.document.problem(path, '').line : undefined
}

describe('what cannot be read says so at its line', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (const [at, letter] of [...'bcdefgh'].entries()) {
    bomb.push(`${letter}: &${letter} [${Array(9).fill(`*${'abcdefg'[at]}`).join(', ')}]`)
  }
  test.for([
    {
      name: 'aliases that blow up',
      text: bomb.join('\n'),
      said: ['f.yaml:1: its aliases stand for more than 100 values: write them out'],
    },
    {
      name: 'nesting without end',
      text: '['.repeat(50_000),
      said: ['f.yaml:1: nested too deeply to be read'],
    },
    { name: 'a tab', text: 'a:\n  b: 1\n\tc: 2\n', said: ['f.yaml:3: tabs cannot indent YAML: use spaces'] },
    {
      name: 'tabs and doubled keys, each',
      text: 'a: 1\na: 2\nb:\n\tc: 2\n',
      said: [
        'f.yaml:2: this key was given before: keep one of the two',
        'f.yaml:4: tabs cannot indent YAML: use spaces',
      ],
    },
    {
      name: 'two documents',
      text: 'a: 1\n---\na: 2\n',
      said: ['f.yaml:2: a second document begins here: give each its own file'],
    },
    {
      name: 'an alias before its anchor',
      text: 'a: 1\nb: *c\n',
      said: ['f.yaml:2: *c stands for nothing: no &c before it'],
    },
    {
      name: 'a type that YAML lets others define',
      text: 'a: !!js/function "x"',
      said: ['f.yaml:1: not YAML: Unresolved tag: tag:yaml.org,2002:js/function'],
    },
    {
      name: 'a list for a key',
      text: '? [a]\n: 1\n',
      said: ['f.yaml:1: not YAML: With stringKeys, all keys must be strings'],
    },
  ])('$name', ({ text, said }) => {
    expect(saidOf(text)).toEqual(said)
  })

  test('a file of nothing but slips is told in ten lines', () => {
    expect(saidOf('a: "\n'.repeat(500)).length).toBeLessThanOrEqual(10)
  })
})

test.for<{ name: string; text: string; path: (string | number)[]; line: number }>([
  { name: 'a key', text: 'a: 1\nb:\n  c: 2\n', path: ['b', 'c'], line: 3 },
  { name: 'an entry of a list', text: 'a:\n  - x\n  - y\n', path: ['a', 1], line: 3 },
  {
    name: 'a key that is not there: what would hold it',
    text: 'a: 1\nb:\n  c: 2\n',
    path: ['b', 'd'],
    line: 2,
  },
  { name: 'nothing is there at all', text: '', path: ['a'], line: 1 },
  {
    name: 'behind an alias: where its value stands',
    text: 'a: &x\n  b: 1\nc: *x\n',
    path: ['c', 'b'],
    line: 2,
  },
  { name: 'a key that looks like a number', text: 'a: 1\n8080: 2\n', path: ['8080'], line: 2 },
  { name: 'a long flow mapping', text: 'a: { b: 1,\n  c: 2 }\n', path: ['a', 'c'], line: 2 },
])('the line of $name', ({ text, path, line }) => {
  expect(lineOf(text, path)).toBe(line)
})

test('no text makes it throw', () => {
  const pieces = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '-',
    '[',
    ']',
    '{',
    '}',
    '&x',
    '*x',
    '"',
    "'",
    '|',
    '>',
    '\t',
    '#',
    '!',
    '---\n',
    '%',
    '?',
    ',',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const outcome = readDocument(parts.join(''), 'f.yaml')
      if (outcome.kind === 'broken') expect(outcome.problems.length).toBeGreaterThan(0)
      else outcome.document.problem(['a', 0, 'x'], '')
    }),
    { numRuns: 2000 },
  )
})
