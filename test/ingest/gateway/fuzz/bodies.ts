import { between, pick } from '../../../support/random.ts'

type Random = () => number

const SCALARS = [
  '1',
  '-0',
  '0.5',
  '1e5',
  '1E-400',
  '12345678901234567890',
  'true',
  'false',
  'null',
  '"a"',
  '""',
] as const
const STRINGS = [
  '"é"',
  '"\\u00e9"',
  '"\\ud800"',
  '"{[,]}"',
  '"\\"\\\\"',
  '"𝒳"',
  '"\\n\\t\\/"',
  '"__proto__"',
] as const

/** What is no event, whatever stands around it. */
const BROKEN = [
  ...[
    '{',
    '}',
    '[',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a" 1}',
  ],
  ...[
    '{"a":"\t"}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":tru}',
    '{"a":NaN}',
    '{"a":1e999}',
    '{}{}',
    '{} x',
    '{"a":"',
  ],
  ...[
    'null',
    'true',
    '7',
    '"a"',
    '[]',
    '[{}]',
    'x',
    "{'a':1}",
    '{"a":1}\0',
    '\u00a0{}',
    '{"a":[1}]',
    '{"a":1e}',
  ],
]

const value = (random: Random, depth = 0): string => {
  const kind = random()
  if (depth > 3 || kind < 0.4) return pick(random, SCALARS)
  if (kind < 0.6) return pick(random, STRINGS)
  return kind < 0.8
    ? object(random, depth + 1)
    : `[${list(random, () => value(random, depth + 1)).join(blanks(random, ','))}]`
}

const object = (random: Random, depth = 0): string => {
  const members = list(
    random,
    () => `${pick(random, [...STRINGS, '"a"', '"b"'])}${blanks(random, ':')}${value(random, depth)}`,
  )
  return `{${members.join(blanks(random, ','))}}`
}

const list = (random: Random, make: () => string): string[] =>
  Array.from({ length: between(random, 0, 3) }, make)

const blanks = (random: Random, token: string): string =>
  random() < 0.8 ? token : `${pick(random, ['', ' ', '\t'])}${token}${pick(random, [' ', '  ', '\t'])}`

const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

/** An event, or something near one. */
export const nearEvent = (random: Random): Buffer => {
  const kind = random()
  if (kind < 0.5) return Buffer.from(object(random))
  if (kind < 0.75) return wounded(random, Buffer.from(object(random)))
  if (kind < 0.9) return Buffer.from(BROKEN[between(random, 0, BROKEN.length - 1)] ?? '')
  if (kind < 0.97) return noise(random, between(random, 0, 40))
  return Buffer.from(
    pick(random, [nested(10_000), nested(10_001), '', ' ', '\n', '\ufeff{}', '\n{ }\r\n', '{"a":\n1}']),
  )
}

/** One byte is replaced, removed or put in, or the rest is cut off. */
const wounded = (random: Random, bytes: Buffer): Buffer => {
  const at = between(random, 0, bytes.length - 1)
  const by =
    random() < 0.5
      ? Buffer.from(pick(random, ['{', '}', '"', ',', ':', '\\', '[', ']', '0', ' ']))
      : noise(random, 1)
  const rest = pick(random, [bytes.subarray(at + 1), bytes.subarray(at), Buffer.alloc(0)])
  return Buffer.concat([bytes.subarray(0, at), random() < 0.7 ? by : Buffer.alloc(0), rest])
}

const noise = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => between(random, 0, 255)))

/** Many events, or something near them. */
export const nearBatch = (random: Random): Buffer => {
  const kind = random()
  if (kind < 0.3) return lines(random)
  if (kind < 0.5) return Buffer.from(`[${list(random, () => object(random)).join(blanks(random, ','))}]`)
  if (kind < 0.6) return Buffer.from(`[${list(random, () => value(random)).join(' ,\n')}]\n`)
  if (kind < 0.8) return wounded(random, Buffer.from(`[${list(random, () => value(random)).join(',')}]`))
  if (kind < 0.9) return wounded(random, lines(random))
  if (kind < 0.99) return nearEvent(random)
  return Buffer.from(
    pick(random, [
      '{}\n'.repeat(10_001),
      `[${'{},'.repeat(10_000)}{}]`,
      '{}\n'.repeat(2_000),
      `[${'1,'.repeat(500)}1]`,
    ]),
  )
}

const lines = (random: Random): Buffer => {
  const end = Buffer.from(pick(random, ['\n', '\r\n', '\n\n', ' \n\t']))
  return Buffer.concat(Array.from({ length: between(random, 0, 8) }, () => [nearEvent(random), end]).flat())
}
