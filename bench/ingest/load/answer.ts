/** A whole answer at the beginning of some bytes: its status, where its body begins, and where it ends. */
export type Answer = { status: number; body: number; end: number }

/** `unreadable`: nothing that this reader understands; it asks for a Content-Length. */
export type Reading = Answer | 'partial' | 'unreadable'

const HEAD_END = Buffer.from('\r\n\r\n')
/** Longer heads are no answers of a server that is measured. */
const LONGEST_HEAD = 16_384

/** Reads as little of an HTTP/1.1 answer as it takes to know its status and where it ends: the generator has to be cheap. */
export function readAnswer(bytes: Buffer): Reading {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return bytes.length > LONGEST_HEAD ? 'unreadable' : 'partial'
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const length = lengthOf(head)
  if (!head.startsWith('HTTP/1.') || !(status >= 100) || length === undefined) return 'unreadable'
  const body = headEnd + HEAD_END.length
  const end = body + length
  return end > bytes.length ? 'partial' : { status, body, end }
}

const LENGTH = /\r\ncontent-length: *(\d{1,15})/i

function lengthOf(head: string): number | undefined {
  const digits = LENGTH.exec(head)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
