import { constants, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodingFor, gzipStream } from '../../../../controller/web/page/packing.ts'
import { advance, changesSince } from '../../../../controller/web/page/view/changes.ts'
import { html } from '../../../../controller/web/page/view/html.ts'
import { itemOf, type List, plainItem } from '../../../../controller/web/page/view/part.ts'
import { createView } from '../../../../controller/web/page/view.ts'

const item = (id: string, size: number, said = 'calm') =>
  itemOf(
    id,
    (place) =>
      html`<li id="${id}">${place.part(`${id}-size`, html`<b id="${id}-size">${size}</b>`)}${place.part(`${id}-said`, html`<i id="${id}-said">${said}</i>`)}</li>`,
  )
const list = (...items: List['items']): List => ({ id: 'all', items })

test('only what has changed is told, piece by piece', () => {
  const first = advance(undefined, [list(item('a', 1), item('b', 1))])
  const second = advance(first, [list(item('a', 2), item('b', 1))])
  expect(changesSince(second, 1)).toEqual({
    version: 2,
    parts: [['a-size', '<b id="a-size">2</b>']],
    lists: [],
  })
  expect(changesSince(second, 2)).toMatchObject({ parts: [], lists: [] })
})

test('nothing new is no new version', () => {
  const first = advance(undefined, [list(item('a', 1))])
  expect(advance(first, [list(item('a', 1))])).toBe(first)
})

test('what comes is told as a whole, and where it stands; what goes is left out', () => {
  const first = advance(undefined, [list(item('a', 1), item('b', 1))])
  const { parts, lists } = changesSince(advance(first, [list(item('c', 1), item('a', 1))]), 1)
  expect(parts.map(([id]) => id)).toEqual(['c'])
  expect(lists).toEqual([['all', ['c', 'a']]])
})

test('a viewer of long ago is told all that has changed since', () => {
  let now = advance(undefined, [list(item('a', 1), item('b', 1))])
  now = advance(now, [list(item('a', 2), item('b', 1))])
  now = advance(now, [list(item('a', 2), item('b', 1, 'hot'))])
  expect(changesSince(now, 1).parts.map(([id]) => id)).toEqual(['a-size', 'b-said'])
  expect(changesSince(now, 0).parts.map(([id]) => id)).toEqual(['a', 'b'])
})

test('lists within items change by themselves', () => {
  const pool = (...hosts: string[]): List => {
    const inner = { id: 'hosts', items: hosts.map((host) => plainItem(host, html`<li id="${host}"></li>`)) }
    return list(itemOf('pool', (place) => html`<li id="pool"><ul id="hosts">${place.list(inner)}</ul></li>`))
  }
  const now = advance(advance(undefined, [pool('h1')]), [pool('h1', 'h2')])
  expect(changesSince(now, 1)).toMatchObject({
    parts: [['h2', '<li id="h2"></li>']],
    lists: [['hosts', ['h1', 'h2']]],
  })
})

test('a view is rendered once a tick, tells each tick, and all to who knows another start', () => {
  let tick = 1
  let renders = 0
  const view = createView(
    'boot',
    () => tick,
    () => {
      renders++
      return { at: tick, lists: [list(item('a', Math.floor(tick / 2)))] }
    },
  )
  view.refresh()
  const first = view.version()
  expect(view.next(first, false)).toBeUndefined()
  const partsOf = (since: string | undefined): string[] => {
    const text = view.next(since, false)?.bytes.toString() ?? ''
    const data = /^data: (.*)$/m.exec(text)?.[1] ?? '{}'
    return (JSON.parse(data) as { parts: [string, string][] }).parts.map(([id]) => id)
  }
  tick = 2
  expect(partsOf(first)).toEqual(['a-size'])
  const second = view.version()
  tick = 3
  expect(partsOf(second)).toEqual([])
  expect(partsOf('other.7.7')).toEqual(['a'])
  expect(partsOf(undefined)).toEqual(['a'])
  expect(view.next(first, true)).toBe(view.next(first, true))
  expect(renders).toBe(3)
})

test('pieces that were compressed once stand anywhere in the stream of anybody', () => {
  const pieces = ['one '.repeat(50), 'two', 'three '.repeat(9)].map((text) =>
    gzipStream.pack(Buffer.from(text)),
  )
  const read = (order: readonly number[]): string => {
    const stream = Buffer.concat([gzipStream.head, ...order.map((i) => pieces[i] ?? Buffer.alloc(0))])
    return gunzipSync(stream, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
  }
  expect(read([0, 1, 2])).toBe(`${'one '.repeat(50)}two${'three '.repeat(9)}`)
  expect(read([2, 1, 1])).toBe(`${'three '.repeat(9)}twotwo`)
})

test.for<[string | undefined, string]>([
  [undefined, 'plain'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', 'plain'],
  ['identity', 'plain'],
  ['brotli', 'plain'],
])('who takes %s is sent %s', ([accept, encoding]) => {
  expect(encodingFor(accept)).toBe(encoding)
})
