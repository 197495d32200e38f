/** The head of a request that can be answered without the parser: how long its body is, and whether it is the last one. */
export type PlainHead = { length: number; closes: boolean }

/** Reads heads, and remembers those that it has read: a client says the same again and again. */
export type PlainHeads = {
  /** `head`: the bytes before the empty line, one character each. Undefined for everything that is not plain. */
  read(head: string): PlainHead | undefined
}

const REQUEST_LINE = 'POST /post HTTP/1.1'
/** RFC 9110: a token, a colon, and what is visible, without blanks between the first two and without line folding. */
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/
const DIGITS = /^\d{1,7}$/

/** Fields that change how a request is read. Who sends one of these meets the real parser. */
const SPECIAL = new Set(['transfer-encoding', 'expect', 'upgrade', 'trailer', 'te'])
/** Fields that are read here, and may come once. */
const READ = new Set(['content-length', 'connection', 'host'])

/** `most`: as many heads are remembered, and all are forgotten then. */
export const createPlainHeads = (most: number): PlainHeads => {
  const known = new Map<string, PlainHead>()
  return {
    read: (head) => {
      const seen = known.get(head)
      if (seen !== undefined) return seen
      const read = readPlainHead(head)
      if (read === undefined) return undefined
      if (known.size >= most) known.clear()
      known.set(head, read)
      return read
    },
  }
}

/** Anything that is the least bit unusual is not plain: what it means is for the real parser to say. */
export const readPlainHead = (head: string): PlainHead | undefined => {
  const [requestLine, ...lines] = head.split('\r\n')
  if (requestLine !== REQUEST_LINE) return undefined
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    const key = name.toLowerCase()
    if (SPECIAL.has(key) || (READ.has(key) && fields.has(key))) return undefined
    fields.set(key, value)
  }
  return headOf(fields)
}

const headOf = (fields: ReadonlyMap<string, string>): PlainHead | undefined => {
  const length = fields.get('content-length') ?? ''
  const connection = (fields.get('connection') ?? 'keep-alive').toLowerCase()
  if (!fields.has('host') || !DIGITS.test(length)) return undefined
  if (connection !== 'keep-alive' && connection !== 'close') return undefined
  return { length: Number(length), closes: connection === 'close' }
}
