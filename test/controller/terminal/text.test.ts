import { describe, expect, test } from 'vitest'
import { plain } from '../../../controller/terminal/plain.ts'
import { draw, toned } from '../../../controller/terminal/style.ts'
import { clip, filled, widthOf, wrap } from '../../../controller/terminal/width.ts'

const FAMILY = '👩‍👩‍👧'

describe('how many columns a text takes', () => {
  test.for<[string, string, number]>([
    ['letters take one each', 'ingest-1', 8],
    ['Chinese takes two each', '漢字', 4],
    ['Hangul takes two', '한', 2],
    ['an accent of its own takes none', 'e\u0301', 1],
    ['a family of emoji is one picture', FAMILY, 2],
    ['a flag is one picture', '🇩🇪', 2],
    ['a digit that is made a key is one', '1️⃣', 2],
    ['blocks and ellipsis take one', '█…', 2],
    ['a joiner alone takes none', '\u200d', 0],
  ])('%s', ([, text, width]) => {
    expect(widthOf(text)).toBe(width)
  })

  test('what is cut keeps whole characters and says that it was cut', () => {
    expect(clip('漢字漢字', 5)).toBe('漢字…')
    expect(clip(`${FAMILY}${FAMILY}`, 3)).toBe(`${FAMILY}…`)
    expect(clip('ab', 2)).toBe('ab')
    expect(clip('ab', 0)).toBe('')
    expect(widthOf(filled('漢字漢字', 6))).toBe(6)
  })

  test('a text is broken at blanks, and inside of words only where one is too long', () => {
    expect(wrap('out by 2 漢字漢字漢字 abcdefgh', 6)).toEqual([
      'out by',
      '2',
      '漢字漢',
      '字漢字',
      'abcdef',
      'gh',
    ])
  })
})

const ESC = '\x1b'

describe('nothing that others have written is obeyed by a terminal', () => {
  test.for<[string, string]>([
    ['an escape sequence', `a${ESC}[2Jb`],
    ['one that sets the title, with its end', `a${ESC}]0;owned\x07b`],
    ['a C1 control, which some terminals take for an escape', 'a\u009b2Jb'],
    ['a bell, a backspace and a delete', 'a\x07\b\x7fb'],
    ['an override of the direction of writing', 'a\u202eb'],
    ['an isolate, and marks that cannot be seen', 'a\u2066\u200b\ufeffb'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('%s is replaced', ([, text]) => {
    const shown = plain(text)
    expect(shown).toMatch(/^a[^\p{Cc}\p{Cf}\p{Cs}]+b$/u)
    expect(shown).toContain('\ufffd')
    expect(draw([text, toned('bad', text)], 80, false)).toBe(shown + shown)
  })

  test('lines become one', () => {
    expect(plain('one\r\ntwo\u2028three\tfour')).toBe('one two three four')
  })

  test('only tones make sequences, and none without colours', () => {
    expect(draw([toned('warn', `x${ESC}[5m`)], 80, true)).toBe(`${ESC}[33mx\ufffd[5m${ESC}[0m`)
    expect(draw([toned('warn', 'x')], 80, false)).toBe('x')
  })

  test('what is endless and takes no room is cut all the same', () => {
    expect(draw(['\u0301'.repeat(100_000)], 80, false).length).toBeLessThanOrEqual(4_000)
  })
})
