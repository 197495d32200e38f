/** The characters that pictures are made of; terminals that are set to another character set get plain ones. */
export interface Glyphs {
  /** From an eighth to a whole. */
  levels: readonly string[]
  done: string
  todo: string
  bound: string
  more: string
  dash: string
}

const unicode: Glyphs = {
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  done: '━',
  todo: '─',
  bound: '╌',
  more: '…',
  dash: '·',
}

const plain: Glyphs = {
  levels: ['.', '.', ':', ':', '|', '|', '#', '#'],
  done: '=',
  todo: '-',
  bound: '-',
  more: '>',
  dash: '-',
}

/** By the locale, as programs of the system do; where none is set, terminals of today take UTF-8. */
export function glyphsFor(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']
  return locale === undefined || locale === '' || /utf-?8/i.test(locale) ? unicode : plain
}
