import { expect, test } from 'vitest'
import { commandsOf, fits } from './console.ts'

test.for<{ name: string; shown: string[]; output: string; is: boolean }>([
  { name: 'the same', shown: ['a b'], output: 'a b\n', is: true },
  {
    name: 'other numbers, times and durations',
    shown: ['at 17:02:03 for 10m: 3 of 4.5'],
    output: 'at 09:00:00 for 9m58s: 12 of 1,000\n',
    is: true,
  },
  { name: 'wider gaps', shown: ['a  b'], output: 'a      b\n', is: true },
  { name: 'another word', shown: ['is paused'], output: 'is pinned\n', is: false },
  { name: 'a number where none is', shown: ['a b'], output: 'a 1\n', is: false },
  { name: 'a line more', shown: ['a'], output: 'a\nb\n', is: false },
  { name: 'lines that are left out', shown: ['a', '...', 'z'], output: 'a\nb\nc\nz\n', is: true },
  { name: 'the rest of a line', shown: ['a...'], output: 'abc\n', is: true },
  { name: 'nothing at all', shown: [], output: '', is: true },
  { name: 'something where the page shows nothing', shown: [], output: 'a\n', is: false },
])('fits: $name', ({ shown, output, is }) => {
  expect(fits(output, shown)).toBe(is)
})

test('commands are read with what carries them on, in one section or in all', () => {
  const page =
    '# A\n```console\n$ one\nout\n$ two \\\n> more\n```\n## B\n```\n$ not this\n```\n```console\n$ three\n```\n# C\n```console\n$ four\n```\n'
  expect(commandsOf(page).map(({ command }) => command)).toEqual(['one', 'two \\\nmore', 'three', 'four'])
  expect(commandsOf(page, 'B').map(({ command }) => command)).toEqual(['three'])
  expect(commandsOf(page, 'A').map(({ line }) => line)).toEqual([3, 5, 13])
})
