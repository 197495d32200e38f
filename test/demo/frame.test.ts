import { expect, test } from 'vitest'
import { frame } from '../../demo/view/frame.ts'
import { glyphsFor } from '../../demo/view/glyphs.ts'
import { paint, shorten, span, textOf } from '../../demo/view/line.ts'
import { kafkaScene } from './kafka-scene.ts'
import { busyScene, firstScene } from './scene.ts'
import { yandexScene } from './yandex-scene.ts'

const glyphs = glyphsFor({})
const drawn = (scene: typeof busyScene, width = 100, height = 40): string[] =>
  frame(scene, { width, height, glyphs }).map(textOf)

const sizes = [
  { width: 200, height: 60 },
  { width: 80, height: 24 },
  { width: 60, height: 20 },
  { width: 40, height: 12 },
  { width: 20, height: 5 },
  { width: 1, height: 1 },
]

test.for(sizes)('a frame fits a terminal of $width x $height', ({ width, height }) => {
  for (const scene of [busyScene, firstScene, kafkaScene, yandexScene]) {
    const lines = drawn(scene, width, height)
    expect(lines.length).toBeLessThanOrEqual(height)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
  }
})

test.for([
  { what: 'the time', text: '0:40' },
  { what: 'where to look oneself', text: 'http://127.0.0.1:7070/api/v1/status' },
  { what: 'the stage', text: 'ramp up' },
  { what: 'the load', text: '512 events/s' },
  { what: 'what was acknowledged', text: 'sent 12,345, acknowledged 12,340, p99 41 ms, 2 retries' },
  {
    what: 'the integral against the band',
    text: '112 events/s (12s mean), over the band of 40 to 100; now 128',
  },
  { what: 'the sizes', text: 'min 2   wanted 5   granted 5   ready 4 +1 starting   max 8' },
  { what: 'the slots as a picture', text: '[#+.] capuchin-local-3 (zone b, running) ingest-4 ingest-7' },
  { what: 'what the marks mean', text: '# ready  + starting' },
  { what: 'decisions with their time', text: ' 0:30  ingest 3 -> 4: load 108 over 100 (12s mean)' },
  { what: 'what follows from them', text: ' 0:30    ingest-6 goes to running host capuchin-local-1, slot 2' },
])('a frame shows $what', ({ text }) => {
  expect(drawn(busyScene).join('\n')).toContain(text)
})

test.for([
  { what: 'the load of the gateways', text: '112 events/s (12s mean), over the band of 40 to 100; now 128' },
  { what: 'their sizes', text: 'gateways      min 2   wanted 5   granted 5   ready 4 +1 starting   max 8' },
  { what: 'what waits in Kafka', text: 'backlog       1,234 events in Kafka   most 2,100' },
  {
    what: 'the sizes of the consumers',
    text: 'consumers     min 2   wanted 6   granted 6   ready 3 +3 starting   max 6',
  },
  { what: 'what was decided for the ones', text: ' 0:40  ingest 4 -> 5: load 112 over 100 (12s mean)' },
  { what: 'what was decided for the others', text: ' 0:40  consumer 3 -> 6: 1,234 wait' },
])('with Kafka a frame shows $what', ({ text }) => {
  expect(drawn(kafkaScene, 120, 50).join('\n')).toContain(text)
})

test('with Kafka a terminal of the usual size shows both tiers and some sentences', () => {
  const lines = drawn(kafkaScene, 80, 24)
  for (const part of ['gateways ', 'backlog ', 'consumers ', '[###]', 'consumer 3 -> 6'])
    expect(lines.join('\n')).toContain(part)
})

test('with Kafka the introduction speaks of the consumers', () => {
  const { trends, status: _status, told: _told, ...scene } = kafkaScene
  const text = drawn({ ...scene, trends, told: [] }, 120, 40).join('\n')
  expect(text).toContain('and 2 to 6 consumers behind Kafka (6 partitions), which work 7 ms on each event')
})

test('a terminal of the usual size shows the chart, the hosts and the last sentences', () => {
  const text = drawn(busyScene, 80, 24).join('\n')
  for (const part of ['█', '100 ', '[###]', 'ingest 4 -> 5']) expect(text).toContain(part)
})

test('what holds at present stands last, unless it has just been told', () => {
  expect(drawn(busyScene).at(-1)).toBe(' 0:40  ingest 4 -> 5: load 112 over 100 (12s mean)')
  const earlier = { ...busyScene, told: busyScene.told.slice(0, -1) }
  expect(drawn(earlier).at(-1)).toBe('  now  ingest 4 -> 5: load 112 over 100 (12s mean)')
})

test('before anything has happened it says what will', () => {
  expect(drawn(firstScene, 80, 24).join('\n')).toContain('A wave of 80 to 640 events a second goes to ingest')
})

test('holds of the past are left out, as there is one almost every second', () => {
  expect(drawn(busyScene).join('\n')).not.toContain('stays at 2')
})

test('a line that is too long ends with a mark', () => {
  expect(textOf(shorten([span('abc', 'bold'), span('defg')], 5))).toBe('abcd…')
  expect(textOf(shorten([span('abc'), span('de')], 5))).toBe('abcde')
})

test('colours are only where they are wanted', () => {
  const line = [span('ready ', 'good'), span('4')]
  expect(paint(line, false)).toBe('ready 4')
  expect(paint(line, true)).toBe('\x1b[32mready \x1b[39m4')
})

test.for([
  {
    what: 'that the cloud is a fake, and what it costs',
    text: 'VMs           of a fake Yandex Cloud: 3 of 2..6; 6.20 an hour, 0.07 so far',
  },
  {
    what: 'VMs by zone',
    text: '  ru-central1-a   [###] capuchin-edge-1 running   [] capuchin-edge-9 booting',
  },
  { what: 'a zone without capacity', text: '  ru-central1-d   no capacity' },
  { what: 'what was done to it', text: ' 0:40  the cloud: takes capuchin-edge-1 back' },
])('on VMs a frame shows $what', ({ text }) => {
  expect(drawn(yandexScene, 120, 50).join('\n')).toContain(text)
})

test('on VMs the introduction says that nothing is paid', () => {
  const { status: _status, told: _told, ...scene } = yandexScene
  const text = drawn({ ...scene, told: [] }, 120, 40).join('\n')
  for (const part of ['The cloud is a FAKE', 'nothing is paid', 'on 2 to 6 VMs of 3 slots'])
    expect(text).toContain(part)
})
