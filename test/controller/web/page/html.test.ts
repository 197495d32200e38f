import { expect, test } from 'vitest'
import { type Html, html, textOf } from '../../../../controller/web/page/view/html.ts'
import { idOf, pathOf } from '../../../../controller/web/page/view/names.ts'

test.for<{ name: string; made: () => Html; text: string }>([
  {
    name: 'text is escaped, also inside of an attribute',
    made: () => html`<p title="${'"><script>'}">${`<b>&'"</b>`}</p>`,
    text: '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&#39;&quot;&lt;/b&gt;</p>',
  },
  {
    name: 'HTML of its own making stays as it is, in lists as well',
    made: () => html`<ul>${['a', '<'].map((one) => html`<li>${one}</li>`)}</ul>`,
    text: '<ul><li>a</li><li>&lt;</li></ul>',
  },
  {
    name: 'what looks like HTML of its own making is text',
    made: () => html`${JSON.parse('["<i>"]')}`,
    text: '&lt;i&gt;',
  },
  {
    name: 'what is not there is not shown, and zero is',
    made: () => html`${undefined}${false}${0}`,
    text: '0',
  },
  {
    name: 'characters that turn the text around are told as what cannot be shown',
    made: () => html`${'a\u202eb\u0000c\u2067d'}`,
    text: 'a\ufffdb\ufffdc\ufffdd',
  },
  {
    name: 'letters that are written from right to left, and emoji, are letters',
    made: () => html`${'שלום 🐒'}`,
    text: 'שלום 🐒',
  },
])('$name', ({ made, text }) => {
  expect(textOf(made())).toBe(text)
})

test('a value without quotes is refused, since a blank in it would begin another attribute', () => {
  expect(() => html`<p title=${'x'}></p>`).toThrow(/has to be quoted/)
})

test('ids are the same for the same name only, and paths hold any name', () => {
  const names = ['a', 'a.b', 'a b', 'a_20_b', 'ä', '"', '🐒']
  expect(new Set(names.map((name) => idOf('w', name))).size).toBe(names.length)
  for (const name of names) expect(idOf('w', name)).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(pathOf('a/"b')).toBe('/workloads/a%2F%22b')
})
