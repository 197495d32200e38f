import { expect, test } from 'vitest'
import { glyphsFor } from '../../demo/view/glyphs.ts'
import { coloursFor, openView } from '../../demo/view/open.ts'
import { createPlain } from '../../demo/view/plain.ts'
import { createScreen } from '../../demo/view/screen.ts'
import { kafkaScene } from './kafka-scene.ts'
import { busyScene, firstScene } from './scene.ts'

const size = { width: () => 80, height: () => 24 }

function screen() {
  const written: string[] = []
  const terminal = {
    write: (text: string) => void written.push(text),
    ...size,
    colours: false,
    glyphs: glyphsFor({}),
  }
  return { written, view: createScreen(terminal) }
}

test('the terminal is left as it was found', () => {
  const { written, view } = screen()
  view.show(busyScene)
  view.close()
  view.show(firstScene)
  expect(written[0]?.startsWith('\x1b[?1049h\x1b[?25l')).toBe(true)
  expect(written.at(-1)).toBe('\x1b[?25h\x1b[?1049l')
})

test('a frame is written over the last one, and never clears the screen first', () => {
  const { written, view } = screen()
  view.show(firstScene)
  view.show(busyScene)
  expect(written).toHaveLength(3)
  expect(written[2]?.startsWith('\x1b[?2026h\x1b[H')).toBe(true)
  expect(written[2]).not.toContain('\x1b[2J')
})

test('a frame that is like the last one is not written', () => {
  const { written, view } = screen()
  view.show(busyScene)
  view.show(busyScene)
  expect(written).toHaveLength(2)
})

test('plain lines: one for everything new that changes, and the state every ten seconds', () => {
  const lines: string[] = []
  const view = createPlain((line) => lines.push(line))
  view.show({ ...busyScene, elapsed: 9_000, told: busyScene.told.slice(0, 2) })
  view.show(busyScene)
  view.show({ ...busyScene, elapsed: 40_200 })
  view.close()
  view.show({ ...busyScene, elapsed: 60_000 })
  expect(lines[0]).toContain('A wave of 80 to 640 events a second')
  expect(lines.slice(4)).toEqual([
    ' 0:01  ingest 0 -> 2: min is 2',
    ' 0:30  ingest 3 -> 4: load 108 over 100 (12s mean)',
    ' 0:30    ingest-6 goes to running host capuchin-local-1, slot 2',
    ' 0:40  ingest 4 -> 5: load 112 over 100 (12s mean)',
    ' 0:40  -- ramp up: 512 events/s; 112 each (12s mean, band 40 to 100); size 5 of 2..8, ready 4; hosts [###] [#+.]',
  ])
})

test('with Kafka the plain line about the state has the consumers, too', () => {
  const lines: string[] = []
  createPlain((line) => lines.push(line)).show(kafkaScene)
  expect(lines.at(-1)).toContain(
    'size 5 of 2..8, ready 4; backlog 1,234; consumers 6 of 2..6, ready 3; hosts',
  )
})

const terminals = [
  { what: 'a terminal', isTerminal: true, env: {}, picture: true, colours: true },
  {
    what: 'a terminal without colours',
    isTerminal: true,
    env: { NO_COLOR: '1' },
    picture: true,
    colours: false,
  },
  {
    what: 'an empty NO_COLOR says nothing',
    isTerminal: true,
    env: { NO_COLOR: '' },
    picture: true,
    colours: true,
  },
  { what: 'a dumb terminal', isTerminal: true, env: { TERM: 'dumb' }, picture: false, colours: false },
  { what: 'a pipe', isTerminal: false, env: {}, picture: false, colours: false },
]

test.for(terminals)('$what', ({ isTerminal, env, picture, colours }) => {
  const written: string[] = []
  const terminal = { isTerminal, ...size }
  openView({ out: (text) => void written.push(text), env, terminal }).close()
  expect(written.join('').includes('\x1b[?1049h')).toBe(picture)
  expect(coloursFor({ env, terminal })).toBe(colours)
})
