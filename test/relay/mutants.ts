/** A mistake that somebody could make: in `file`, `find` is replaced by `put`. Stories of this kind find it. */
export interface Mutant {
  name: string
  story?: 'full'
  file: string
  find: string
  put: string
}

export const mutants: readonly Mutant[] = [
  {
    name: 'what a server had not got is forgotten at a restart',
    file: 'remembered.ts',
    find: 'within(join(known, [since]), kept)',
    put: '[]',
  },
  {
    name: 'lines that came after the last note of what servers have are forgotten at a restart',
    file: 'remembered.ts',
    find: 'join(known, [since])',
    put: 'known',
  },
  {
    name: 'what was confirmed not long ago is not sent again when the connection breaks',
    file: 'ledger.ts',
    find: '[...sent, ...recentLines()]), MOST_RANGES)',
    put: '[...sent]), MOST_RANGES)',
  },
  {
    name: 'what was written to a connection that broke counts as delivered',
    file: 'ledger.ts',
    find: '[...sent, ...recentLines()]), MOST_RANGES)',
    put: '[]), MOST_RANGES)',
  },
  {
    name: 'fresh lines that came while the server was away are not kept for it',
    file: 'carrier.ts',
    find: 'if (!isUp) return ledger.owe({ from: batch.from, to: batch.to })',
    put: 'if (!isUp) return',
  },
  {
    name: 'fresh lines that waited for a connection are forgotten when it breaks',
    file: 'carrier.ts',
    find: 'if (first !== undefined && last !== undefined) ledger.owe',
    put: 'if (first !== undefined && last !== undefined && first.from < 0) ledger.owe',
  },
  {
    name: 'the newest of what waits is sent first',
    file: 'ledger.ts',
    find: 'first: () => owed[0]',
    put: 'first: () => owed.length > 1 ? owed.at(-1) : owed[0]',
  },
  {
    name: 'what is half written at the end counts as whole',
    file: 'record.ts',
    find: "if (next > bytes.length) return { kind: 'short' }",
    put: '',
  },
  {
    name: 'files are removed when their lines are sent, not when they are settled',
    file: 'ledger.ts',
    find: 'const firsts = [owed, sent, ...recent.map(({ lines }) => lines)]',
    put: 'const firsts = [owed]',
  },
  {
    name: 'a connection that takes bytes counts as a server that reads them',
    file: 'carrier.ts',
    find: "deadline.set(manner.answerWithin, () => broke('it did not confirm in time'))",
    put: 'deadline.set(manner.answerWithin, () => ended())',
  },
  {
    name: 'a buffer that is full takes nothing more, so that the newest are lost',
    story: 'full',
    file: 'segment-writer.ts',
    find: "remove(segment)\n      lost(segment, 'full')",
    put: "throw new Error('full')",
  },
  {
    name: 'a buffer that is full grows',
    story: 'full',
    file: 'segment-writer.ts',
    find: 'makeRoom(bytes.length)',
    put: 'makeRoom(0)',
  },
  {
    name: 'what is dropped is not counted',
    story: 'full',
    file: 'server.ts',
    find: 'dropped[why] += lines',
    put: 'dropped[why] += 1',
  },
  {
    name: 'what is dropped counts although the server has it',
    story: 'full',
    file: 'ledger.ts',
    find: 'const lost = linesIn(within(join(owed, sent), range))',
    put: 'const lost = range.to - range.from + 1',
  },
]
