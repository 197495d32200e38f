import { describe, expect, test } from 'vitest'
import { compose } from './compose.ts'
import { interpolate } from './interpolate.ts'

describe('interpolation', () => {
  const environment = { HOME: '/home/ops', EMPTY: '' }
  const rows: [string, string, string][] = [
    ['two dollars are one', 'a$$b', 'a$b'],
    ['four are two', '$$$$', '$$'],
    ['an escaped variable stays as it is written', `$\${HOME}`, `\${HOME}`],
    ['a variable with braces is replaced', `x\${HOME}y`, 'x/home/opsy'],
    ['and one without', '$HOME/x', '/home/ops/x'],
    ['one that is not set is empty', `a\${NONE}b`, 'ab'],
    ['a default stands in for what is empty or not set', `\${EMPTY:-a}\${NONE:-b}`, 'ab'],
    ['or only for what is not set', `\${EMPTY-a}\${NONE-b}`, 'b'],
    ['something else can stand where it is set', `\${HOME:+a}\${NONE:+b}\${EMPTY+c}`, 'ac'],
    ['an odd number leaves a variable', '$$$HOME', '$/home/ops'],
  ]
  for (const [what, text, made] of rows)
    test(what, () => expect(interpolate(text, environment)).toMatchObject({ kind: 'text', text: made }))

  test('what is not set is warned of, without a default', () => {
    const made = interpolate(`\${A}$B\${C:-c}`, environment)
    expect(made).toMatchObject({ warnings: [expect.stringContaining('"A"'), expect.stringContaining('"B"')] })
  })
  for (const text of ['$', 'a$ b', `\${`, `\${}`, `\${A b}`, '$1', `\${A!}`, `\${A:?must be set}`])
    test(`${text} is refused`, () => expect(interpolate(text, environment).kind).toBe('broken'))
})

describe('a file', () => {
  const servicesOf = (text: string) => {
    const made = compose(text)
    return made.kind === 'project' ? [...made.services.values()] : made.why
  }

  test('is read with commands, environments and labels in either form', () => {
    const text = `
services:
  a: { image: x, command: one two, environment: [A=1, B=x=y], stop_grace_period: 1m30s, labels: { capuchin.instance: i } }
  b: { image: y, command: [one, two words], environment: { A: 1, B: true, C: null } }`
    expect(servicesOf(text)).toMatchObject([
      { name: 'a', command: ['one', 'two'], environment: { A: '1', B: 'x=y' }, grace: 90_000 },
      { name: 'b', command: ['one', 'two words'], environment: { A: '1', B: 'true', C: '' }, grace: 10_000 },
    ])
  })

  test('makes the same container however its keys are ordered, and another one when anything differs', () => {
    const definition = (text: string) => {
      const [one] = servicesOf(`services: { a: ${text} }`)
      return typeof one === 'string' ? one : one?.definition
    }
    const first = definition('{ image: x, restart: always, labels: { a: b, c: d } }')
    expect(definition('{ labels: { c: d, a: b }, restart: always, image: x }')).toBe(first)
    expect(definition('{ image: x, restart: always, labels: { a: b, c: e } }')).not.toBe(first)
    expect(definition('{ image: "x$$", restart: always }')).not.toBe(
      definition('{ image: "x$$$$", restart: always }'),
    )
  })

  const rows: [string, string, string][] = [
    ['no YAML', 'services: {', 'Flow map'],
    ['a text', 'hello', 'must be a mapping'],
    ['a service without an image', 'services: { a: { command: x } }', 'services.a.image'],
    ['a service with an unknown key', 'services: { a: { image: x, images: y } }', 'services.a'],
    ['an unknown key of the file', 'services: {}\nservice: {}', 'Additional property service is not allowed'],
    ['a broken expression', 'services: { a: { image: x, command: ["$"] } }', 'invalid interpolation format'],
    ['a broken expression under x-', `services: {}\nx-a: { b: ["\${"] }`, 'invalid interpolation format'],
    ['an unknown volume', 'services: { a: { image: x, volumes: ["data:/data"] } }', 'undefined volume data'],
    ['a strange grace', 'services: { a: { image: x, stop_grace_period: soon } }', 'stop_grace_period'],
    ['a name with a slash', 'services: { a/b: { image: x } }', 'services'],
    ['a key that stands twice', 'services: { a: { image: x }, a: { image: y } }', 'unique'],
  ]
  for (const [what, text, why] of rows)
    test(`with ${what} is refused`, () => expect(servicesOf(text)).toContain(why))
})
