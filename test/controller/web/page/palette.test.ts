import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// Every pair of a colour of text and its ground, and of what is drawn and its ground, as page.css puts them together.

const css = readFileSync('controller/web/page/browser/page.css', 'utf8')
const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => body ?? '')

const coloursIn = (body: string): Map<string, string> =>
  new Map(
    [...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  )

const themes = { light: coloursIn(light), dark: new Map([...coloursIn(light), ...coloursIn(dark)]) }

/** WCAG 2: relative luminance of "#rrggbb". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const text: [string, string][] = [
  ...['ink', 'dim', 'link', 'bad', 'warn', 'good', 'hand'].map((name): [string, string] => [name, 'card']),
  ...['ink', 'dim', 'link'].map((name): [string, string] => [name, 'ground']),
  ...[
    ['bad', 'bad-ground'],
    ['warn', 'warn-ground'],
    ['hand', 'hand-ground'],
    ['on-loud', 'loud'],
    ['card', 'link'],
  ].map(([a = '', b = '']): [string, string] => [a, b]),
  ...['ready', 'starting', 'unready', 'dead', 'draining'].map((name): [string, string] => [
    `on-${name}`,
    name,
  ]),
]
/** Drawn things that mean something, and edges of what can be used. */
const drawn: [string, string][] = [
  ...['edge', 'ready', 'focus', 'ink'].map((name): [string, string] => [name, 'card']),
  ['ink', 'band'],
  ['ink', 'gap'],
  ['ready', 'band'],
  ['hand', 'card'],
]

test.for(
  Object.entries(themes).flatMap(([theme, colours]) => [
    ...text.map((pair) => ({ theme, colours, pair, least: 4.5 })),
    ...drawn.map((pair) => ({ theme, colours, pair, least: 3 })),
  ]),
)('$theme: $pair.0 on $pair.1 has a contrast of at least $least', ({ colours, pair, least }) => {
  const [a = '', b = ''] = pair.map((name) => colours.get(name))
  expect(a).toMatch(/^#/)
  expect(b).toMatch(/^#/)
  expect(contrast(a, b)).toBeGreaterThanOrEqual(least)
})

test('no colour is named that is not there', () => {
  const used = new Set([...css.matchAll(/var\(--([a-z-]+)\)/g)].map(([, name]) => name))
  expect([...used].filter((name) => !themes.light.has(name ?? ''))).toEqual([])
})
