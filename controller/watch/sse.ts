/** An event of a stream of server-sent events; comments, which only keep a connection open, are `comment`. */
export type ServerEvent = { kind: 'event'; event: string; data: string } | { kind: 'comment' }

/** More than any status is long, in characters. */
const MOST = 64_000_000

/** Takes the stream apart as it comes in, in pieces of any length. Throws where a server sends no end of a line or an event. */
export function eventParser(): (piece: string) => ServerEvent[] {
  let rest = ''
  let event = ''
  let data: string[] = []
  let length = 0

  function take(line: string): ServerEvent[] {
    if (line === '') return close()
    if (line.startsWith(':')) return [{ kind: 'comment' }]
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    if (field === 'data') {
      data.push(value)
      length += value.length
    }
    return []
  }

  function close(): ServerEvent[] {
    const told: ServerEvent[] =
      data.length === 0
        ? []
        : [{ kind: 'event', event: event === '' ? 'message' : event, data: data.join('\n') }]
    event = ''
    data = []
    length = 0
    return told
  }

  return (piece) => {
    rest += piece
    if (rest.length + length > MOST) throw new Error('the stream has an event that never ends')
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    return lines.flatMap(take)
  }
}
