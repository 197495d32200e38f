import { describe, expect, test } from 'vitest'
import { widthOf } from '../../../controller/terminal/width.ts'
import type { Scene } from '../../../controller/watch/scene.ts'
import { ENTER, LEAVE, repaint } from '../../../controller/watch/screen.ts'
import { frameOf } from '../../../controller/watch/view.ts'
import { decision, host, NOW, pool, rule, scene, status } from './support.ts'

const HOSTILE = `\x1b[2J\x1b]0;x\x07漢字👩‍👩‍👧<b>${'n'.repeat(180)}`

const ESC = '\x1b'
const TONE = new RegExp(`${ESC}\\[[0-9;]*m`, 'g')

/** What a terminal shows of a line, without its tones. */
const bare = (line: string): string => line.replaceAll(TONE, '')

const busy = status({
  workloads: [
    decision({ workload: HOSTILE, sentence: HOSTILE, alarms: [HOSTILE], rules: [rule({ name: HOSTILE })] }),
    ...Array.from({ length: 60 }, (_, i) => decision({ workload: `workload-${i}` })),
  ],
  pools: [
    pool({
      pool: HOSTILE,
      hosts: Array.from({ length: 100 }, (_, i) =>
        host({ host: i === 3 ? HOSTILE : `edge-${i}`, note: HOSTILE }),
      ),
      overspending: HOSTILE,
      tight: HOSTILE,
      blind: HOSTILE,
      alarms: [{ kind: 'stray', about: 'x', text: HOSTILE }],
    }),
  ],
  notices: [HOSTILE],
  overrides: [{ id: 'o1', act: { kind: 'pause', workload: HOSTILE }, by: HOSTILE, why: HOSTILE, at: NOW }],
})

const recent = [{ at: NOW, tone: 'bad', text: HOSTILE }] as const

describe('a frame fits, whatever is in it and however small the terminal is', () => {
  const sizes = [
    [80, 24],
    [200, 60],
    [40, 10],
    [20, 5],
    [7, 3],
    [1, 1],
  ] as const
  const modes: Scene['mode'][] = ['list', 'workload', 'help']
  test.for(sizes.flatMap(([columns, rows]) => modes.map((mode) => ({ columns, rows, mode }))))(
    '$mode at $columns x $rows',
    ({ columns, rows, mode }) => {
      const lost = { kind: 'lost', since: NOW - 5_000, detail: HOSTILE } as const
      for (const colours of [true, false])
        for (const link of colours ? [lost] : [{ kind: 'live' } as const]) {
          const given = { status: busy, recent, mode, columns, rows, colours, link, detail: [HOSTILE, 'b'] }
          const { lines } = frameOf(scene({ ...given, chosen: 'workload-40', url: HOSTILE }))
          expect(lines).toHaveLength(rows)
          for (const line of lines) {
            expect(widthOf(bare(line))).toBeLessThanOrEqual(columns)
            expect(bare(line)).not.toMatch(/\p{Cc}/u)
          }
        }
    },
  )

  test('the chosen workload can be seen among many, and one can scroll away from it', () => {
    const given = { status: busy, chosen: 'workload-40' }
    const { lines, top, lowest } = frameOf(scene(given))
    expect(lines.some((line) => line.startsWith('> workload-40'))).toBe(true)
    expect(top).toBeGreaterThan(20)
    expect(lowest).toBeGreaterThan(top)
    expect(frameOf(scene({ ...given, top: 0 })).lines.some((line) => line.startsWith('> '))).toBe(false)
  })
})

describe('what a frame says', () => {
  test('a calm controller', () => {
    expect(frameOf(scene({ rows: 11 })).lines).toEqual([
      'capuchin (epoch 3)  http://127.0.0.1:7070                       last tick 4s ago',
      'OK: 1 workload, 2 of 3 slots used',
      '',
      '> ingest   2 of 2..4     ready 2  cpu 54 % [30..70]',
      '    ingest stays at 2: cpu 54 % inside 30 to 70 %',
      '',
      'pool local: 2 of 3 slots used, 1 free, 1 hosts of 1..2',
      '  [##.] local-1 a',
      '',
      '# ready  + starting  ? unready  x dead  - draining  . free',
      'q quit  ↑↓ choose a workload  enter explain it  PgUp PgDn scroll  ? help',
    ])
  })

  test.for<{ name: string; given: Partial<Scene>; says: RegExp[] }>([
    {
      name: 'a loop that is silent, loudly',
      given: { now: NOW + 120_000 },
      says: [
        /last tick 2m4s ago/,
        /NO TICK for 2m4s: the controller answers, but its loop is silent/,
        /CRITICAL: /,
      ],
    },
    {
      name: 'a controller that is gone, since when, and that all is old',
      given: {
        columns: 100,
        link: { kind: 'lost', since: NOW - 12_000, detail: 'no controller answers' },
      },
      says: [
        /NO CONTROLLER for 12s: no controller answers; it is tried again, and what is below is old/,
        /ingest/,
      ],
    },
    {
      name: 'a rule without a reading, and its alarm',
      given: {
        status: status({
          workloads: [
            decision({
              rules: [rule({ reading: 'missing', detail: 'no-data: none' })],
              alarms: ['no reading for cpu (no-data: none)'],
            }),
          ],
        }),
      },
      says: [/1 alarm/, /cpu missing/, /! no reading for cpu \(no-data: none\)/],
    },
    {
      name: 'what the hand has laid over it',
      given: {
        status: status({
          workloads: [
            decision({
              overrides: [
                {
                  id: 'o1',
                  act: { kind: 'pin', workload: 'ingest', size: 3 },
                  by: 'anna',
                  why: 'x',
                  at: NOW,
                },
              ],
            }),
          ],
        }),
      },
      says: [/\[pin 3\]/],
    },
    {
      name: 'money, a host that is being emptied, one that is not there yet, and a pool that is blind',
      given: {
        status: status({
          pools: [
            pool({
              spending: { hosts: 2, pricePerHour: 3.1, perHour: 6.2 },
              hosts: [
                host({ note: 'it is being emptied: drained by anna' }),
                host({ host: 'local-2', state: 'ordered' }),
              ],
              blind: 'the cloud does not answer',
            }),
          ],
        }),
      },
      says: [
        /6\.20 an hour/,
        /local-1: it is being emptied/,
        /local-2 a ordered/,
        /! cannot be seen: the cloud/,
      ],
    },
    {
      name: 'what has happened lately',
      given: { recent: [{ at: NOW, tone: 'warn', text: 'ingest 2 -> 3: cpu' }] },
      says: [/-- lately -+/, /12:00:00 ingest 2 -> 3: cpu/],
    },
  ])('$name', ({ given, says }) => {
    const text = frameOf(scene(given)).lines.join('\n')
    for (const said of says) expect(text).toMatch(said)
  })

  test('before anything was heard', () => {
    const { status: _status, ...before } = scene({ link: { kind: 'connecting' } })
    expect(frameOf(before).lines[0]).toMatch(/^capuchin {2}http.* connecting \.\.\.$/)
  })

  test('an explanation that is too wide goes on below itself', () => {
    const { lines } = frameOf(scene({ mode: 'workload', detail: ['  why: because it is so'], columns: 20 }))
    expect(lines.slice(2, 5)).toEqual(['  why: because it is', '    so', ''])
  })

  test('without rows it is as long as it has to be, and has no keys', () => {
    const { rows: _rows, ...whole } = scene()
    expect(frameOf(whole).lines).toHaveLength(10)
  })
})

describe('what is written to a terminal', () => {
  test('only lines that differ are painted again, and a shorter frame leaves nothing behind', () => {
    expect(repaint(['a', 'b', 'c'], ['a', 'x'])).toBe('\x1b[2;1Hx\x1b[0m\x1b[K\x1b[3;1H\x1b[0m\x1b[K')
    expect(repaint(['a'], ['a'])).toBe('')
  })

  test('what is entered is left again', () => {
    for (const mode of ['?1049', '?25', '?7']) {
      expect(ENTER).toMatch(new RegExp(`\\${mode}[hl]`))
      expect(LEAVE).toMatch(new RegExp(`\\${mode}[hl]`))
    }
  })
})
