import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  countEvents,
  eventFile,
  measure,
  readEvents,
  toLines,
} from '../../../../ingest/shared/file/event-file.ts'
import { tempFolder } from '../../../support/process.ts'

const NOTHING = { events: 0, bytes: 0 }

test.for([
  {
    name: 'a body is stored byte for byte, one a line',
    bodies: ['{"a":1}', ' {"b" : 2} '],
    lines: '{"a":1}\n {"b" : 2} \n',
  },
  { name: 'line breaks between tokens become spaces', bodies: ['{\n"a":\r\n1}\n'], lines: '{ "a":  1} \n' },
  { name: 'escaped line breaks stay as they are', bodies: ['{"a":"1\\n2"}'], lines: '{"a":"1\\n2"}\n' },
])('$name', ({ bodies, lines }) => {
  expect(toLines(bodies.map((body) => Buffer.from(body))).toString()).toBe(lines)
})

test('the body itself is left alone when its line differs', () => {
  const body = Buffer.from('{\n}')
  toLines([body])
  expect(body.toString()).toBe('{\n}')
})

test('bytes that are no valid UTF-8 survive', () => {
  const body = Buffer.from('{"a":"\xff"}', 'latin1')
  expect(toLines([body]).subarray(0, -1)).toEqual(body)
})

test.for([
  { name: 'an empty file holds nothing', content: '', whole: NOTHING },
  { name: 'whole lines count', content: '{"a":1}\n{}\n', whole: { events: 2, bytes: 11 } },
  { name: 'a torn last line does not', content: '{"a":1}\n{"b', whole: { events: 1, bytes: 8 } },
  {
    name: 'nor does a whole event whose line end is missing',
    content: '{"a":1}\n{}',
    whole: { events: 1, bytes: 8 },
  },
  {
    name: 'nothing counts from a zero byte on',
    content: '{}\n{}\n{"a\0\0\n{}\n',
    whole: { events: 2, bytes: 6 },
  },
  { name: 'a file of zero bytes holds nothing', content: '\0\0\0\0', whole: NOTHING },
])('$name', async ({ content, whole }) => {
  const dir = await tempFolder('events')
  await writeFile(eventFile(dir), content)
  expect(await measure(eventFile(dir), NOTHING)).toEqual(whole)
  expect(await countEvents(dir)).toBe(whole.events)
})

test('counting goes on from a known point', async () => {
  const dir = await tempFolder('events')
  await writeFile(eventFile(dir), '{"a":1}\n{}\n{}\n')
  expect(await measure(eventFile(dir), { events: 1, bytes: 8 })).toEqual({ events: 3, bytes: 14 })
})

test('events are read in order, also across the borders of blocks, without a torn end', async () => {
  const dir = await tempFolder('events')
  const bodies = Array.from({ length: 12 }, (_, index) => `{"n":${index},"fill":"${'x'.repeat(900_000)}"}`)
  await writeFile(eventFile(dir), `${bodies.join('\n')}\n{"torn`)
  const read: string[] = []
  for await (const event of readEvents(dir)) read.push(event.toString())
  expect(read).toEqual(bodies)
})

test('a folder without events holds none', async () => {
  expect(await countEvents(await tempFolder('events'))).toBe(0)
})
