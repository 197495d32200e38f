import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  committedOf,
  consumedBetween,
  endOf,
  lagOf,
  producedBetween,
  type Reset,
} from '../../../controller/sources/kafka-figure.ts'
import type { CommitSeen, PartitionSeen, TopicSeen } from '../../../controller/sources/kafka-seen.ts'

/** A partition: [start, end], or why it is unknown. A commit: an offset, `-` for none, or why it is unknown. */
type Row = readonly [offsets: readonly [number, number] | string, commit?: number | string]

const partitionOf = (given: Row[0]): PartitionSeen =>
  typeof given === 'string'
    ? { kind: 'unknown', why: given }
    : { kind: 'offsets', start: given[0], end: given[1] }

const topic = (rows: readonly Row[], id = 'one'): TopicSeen => ({
  kind: 'topic',
  id,
  partitions: new Map(rows.map(([offsets], number) => [number, partitionOf(offsets)])),
})

function commitOf(given: number | string): CommitSeen {
  if (typeof given === 'number') return { kind: 'at', offset: given }
  return given === '-' ? { kind: 'none' } : { kind: 'unknown', why: given }
}

const commits = (rows: readonly Row[]): Map<number, CommitSeen> =>
  new Map(
    rows.flatMap(([, commit], number) => (commit === undefined ? [] : [[number, commitOf(commit)] as const])),
  )

const at = (rows: readonly Row[], id?: string) => ({ topic: topic(rows, id), commits: commits(rows) })

interface Wanted {
  value: number
  known: number
  of: number
}

describe('lag', () => {
  test.for<[string, Row[], Reset, Wanted, RegExp?]>([
    [
      'what is between commit and end',
      [
        [[0, 100], 40],
        [[0, 10], 10],
      ],
      'earliest',
      { value: 60, known: 2, of: 2 },
    ],
    [
      'nothing was ever committed: all that is there',
      [[[5, 100]], [[0, 20], '-']],
      'earliest',
      { value: 115, known: 2, of: 2 },
    ],
    [
      'a partition that was never read beside one that was',
      [[[0, 50], 50], [[0, 30]]],
      'earliest',
      { value: 30, known: 2, of: 2 },
    ],
    [
      'a group that begins with the latest and has not said where',
      [[[0, 50], 20], [[0, 30]]],
      'latest',
      { value: 30, known: 1, of: 2 },
      /partition 1: the group has committed nothing in it/,
    ],
    [
      'an empty partition has no lag, wherever the group begins',
      [[[7, 7]], [[0, 30], 10]],
      'latest',
      { value: 20, known: 2, of: 2 },
    ],
    [
      'what retention has deleted unread cannot be read',
      [[[80, 100], 10]],
      'earliest',
      { value: 20, known: 1, of: 1 },
    ],
    [
      'a commit beyond the end is not a lag below zero',
      [
        [[0, 5], 500],
        [[0, 9], 4],
      ],
      'earliest',
      { value: 5, known: 1, of: 2 },
      /partition 0: the group has committed 500, beyond its end 5: was the topic made anew/,
    ],
    [
      'a partition without a leader is absent, not empty',
      [
        ['it has no leader', 3],
        [[0, 9], 4],
      ],
      'earliest',
      { value: 5, known: 1, of: 2 },
      /partition 0: it has no leader/,
    ],
    [
      'a commit that cannot be told is not none',
      [[[0, 9], 'it is loading']],
      'earliest',
      { value: 0, known: 0, of: 1 },
      /it is loading/,
    ],
  ])('%s', ([, rows, reset, wanted, why]) => {
    const figure = lagOf(topic(rows), commits(rows), reset)
    expect(figure).toMatchObject(wanted)
    expect(figure.why ?? '').toMatch(why ?? /^$/)
    const committed = committedOf(topic(rows), commits(rows), reset)
    expect(committed.known).toBe(figure.known)
    if (figure.known === figure.of) expect(endOf(topic(rows)).value - committed.value).toBe(figure.value)
  })
})

describe('what came in between two looks', () => {
  test.for<[string, Row[], Row[], string, Wanted, RegExp?]>([
    [
      'by how much the ends moved on',
      [[[0, 10]], [[0, 5]]],
      [[[0, 14]], [[3, 5]]],
      'one',
      { value: 4, known: 2, of: 2 },
    ],
    [
      'a partition that was added began at 0',
      [[[0, 10]]],
      [[[0, 10]], [[0, 6]]],
      'one',
      { value: 6, known: 2, of: 2 },
    ],
    [
      'a topic that was made anew began at 0',
      [[[0, 1_000]]],
      [[[0, 7]]],
      'two',
      { value: 7, known: 1, of: 1 },
    ],
    ['one made anew that is longer already', [[[0, 10]]], [[[0, 25]]], 'two', { value: 25, known: 1, of: 1 }],
    [
      'a partition that lost its newest records',
      [[[0, 10]], [[0, 4]]],
      [[[0, 8]], [[0, 6]]],
      'one',
      { value: 2, known: 1, of: 2 },
      /partition 0: its end went back from 10 to 8/,
    ],
    [
      'retention deletes the old: nothing came',
      [[[0, 10]]],
      [[[10, 10]]],
      'one',
      { value: 0, known: 1, of: 1 },
    ],
    [
      'it had no leader before',
      [['no leader']],
      [[[0, 8]]],
      'one',
      { value: 0, known: 0, of: 1 },
      /no leader/,
    ],
    ['it has no leader now', [[[0, 8]]], [['no leader']], 'one', { value: 0, known: 0, of: 1 }, /no leader/],
  ])('%s', ([, before, after, id, wanted, why]) => {
    const figure = producedBetween(topic(before), topic(after, id))
    expect(figure).toMatchObject(wanted)
    expect(figure.why ?? '').toMatch(why ?? /^$/)
  })
})

describe('what was consumed in between two looks', () => {
  test.for<[string, Row[], Row[], string, Wanted, RegExp?]>([
    [
      'by how much the commits moved on',
      [[[0, 90], 10]],
      [[[0, 99], 35]],
      'one',
      { value: 25, known: 1, of: 1 },
    ],
    [
      'the first commit of a partition, from its start',
      [[[5, 90]]],
      [[[5, 99], 35]],
      'one',
      { value: 30, known: 1, of: 1 },
    ],
    ['still no commit', [[[5, 90]]], [[[5, 99]]], 'one', { value: 0, known: 1, of: 1 }],
    ['retention after it was read', [[[0, 90], 50]], [[[40, 99], 60]], 'one', { value: 10, known: 1, of: 1 }],
    [
      'what retention deleted unread was not consumed',
      [[[0, 90], 10]],
      [[[80, 99], 85]],
      'one',
      { value: 5, known: 1, of: 1 },
    ],
    [
      'deleted unread, and the group stands still',
      [[[0, 90], 10]],
      [[[80, 99], 10]],
      'one',
      { value: 0, known: 1, of: 1 },
    ],
    [
      'still behind what retention deleted',
      [[[25, 90], 10]],
      [[[25, 90], 10]],
      'one',
      { value: 0, known: 1, of: 1 },
    ],
    ['a topic that was made anew', [[[0, 900], 800]], [[[0, 9], 4]], 'two', { value: 4, known: 1, of: 1 }],
    [
      'a stale commit of the topic before',
      [[[0, 900], 800]],
      [[[0, 9], 800]],
      'two',
      { value: 0, known: 0, of: 1 },
      /beyond its end/,
    ],
    [
      'a group that was set back',
      [[[0, 90], 80]],
      [[[0, 90], 10]],
      'one',
      { value: 0, known: 0, of: 1 },
      /the group went back from 80 to 10/,
    ],
    [
      'a partition that was added',
      [[[0, 9], 9]],
      [
        [[0, 9], 9],
        [[0, 6], 6],
      ],
      'one',
      { value: 6, known: 2, of: 2 },
    ],
    [
      'commits that cannot be told',
      [[[0, 90], 80]],
      [[[0, 90], 'loading']],
      'one',
      { value: 0, known: 0, of: 1 },
      /loading/,
    ],
  ])('%s', ([, before, after, id, wanted, why]) => {
    const figure = consumedBetween(at(before), at(after, id), 'earliest')
    expect(figure).toMatchObject(wanted)
    expect(figure.why ?? '').toMatch(why ?? /^$/)
  })

  test('a group that begins with the latest: its first commit tells nothing of what it has read', () => {
    const figure = consumedBetween(at([[[0, 90]]]), at([[[0, 99], 95]]), 'latest')
    expect(figure).toMatchObject({ known: 0, of: 1 })
  })
})

test('whatever happens between two looks, no rate is below zero or above what there is', () => {
  const offset = fc.nat(50)
  const row = fc.tuple(offset, offset, fc.option(offset)).map(([a, b, commit]): Row => {
    const offsets = [Math.min(a, b), Math.max(a, b)] as const
    return commit === null ? [offsets] : [offsets, commit]
  })
  const rows = fc.array(row, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(
      rows,
      rows,
      fc.boolean(),
      fc.constantFrom<Reset>('earliest', 'latest'),
      (before, after, isNew, reset) => {
        const [then, now] = [at(before), at(after, isNew ? 'two' : 'one')]
        const most = endOf(now.topic).value
        for (const figure of [
          producedBetween(then.topic, now.topic),
          consumedBetween(then, now, reset),
          lagOf(now.topic, now.commits, reset),
        ]) {
          expect(figure.value).toBeGreaterThanOrEqual(0)
          expect(figure.value).toBeLessThanOrEqual(most)
          expect(figure.known).toBeLessThanOrEqual(figure.of)
          expect(figure.why === undefined).toBe(figure.known === figure.of)
        }
      },
    ),
  )
})
