import { type Draft, parsePolicy } from './parse.ts'

/** Parses what is new, and answers for what it has seen before. */
export interface Remembered {
  parse: typeof parsePolicy
  /** Forgets the files that have not been asked for since it was called last. */
  sweep(): void
}

/**
 * Remembers the draft of each file's text. A draft that is kept does not hold on to its parsed document, which is a hundred times as
 * large: where a line is asked for after all, the text is parsed again.
 */
export function rememberParsed(): Remembered {
  let former = new Map<string, Kept>()
  let kept = new Map<string, Kept>()
  return {
    parse(text, file) {
      const known = kept.get(file) ?? former.get(file)
      const one = known?.text === text ? known : { text, draft: withoutDocument(text, file) }
      kept.set(file, one)
      return one.draft
    },
    sweep() {
      former = kept
      kept = new Map()
    },
  }
}

interface Kept {
  text: string
  draft: Draft
}

function withoutDocument(text: string, file: string): Draft {
  const draft = parsePolicy(text, file)
  return { ...draft, problem: (path, message) => parsePolicy(text, file).problem(path, message) }
}
