import { connect } from 'node:net'

/** An answer as it came over the wire. */
export type Answer = { status: number; body: string }

/** A connection for raw bytes that takes its answers apart. */
export type Wire = {
  send(bytes: string | Buffer): void
  /** Ends this side only. */
  end(): void
  destroy(): void
  /** The next answer; undefined when the connection ends without one. */
  answer(): Promise<Answer | undefined>
  /** True once the connection has ended. */
  over(): boolean
}

export const openWire = (port: number): Promise<Wire> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const answers: Answer[] = []
    let rest = ''
    let over = false
    let wake = () => {}
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1')
      for (let taken = take(rest); taken !== undefined; taken = take(rest)) {
        answers.push(taken.answer)
        rest = taken.rest
      }
      wake()
    })
    socket.once('end', () => socket.end())
    socket.once('close', () => {
      over = true
      wake()
    })
    const answer = async () => {
      while (answers.length === 0 && !over) {
        await new Promise<void>((look) => {
          wake = look
        })
      }
      return answers.shift()
    }
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.on('error', () => {})
      const send = (bytes: string | Buffer) => void socket.write(bytes)
      resolve({
        send,
        end: () => void socket.end(),
        destroy: () => void socket.destroy(),
        answer,
        over: () => over,
      })
    })
  })

const take = (text: string): { answer: Answer; rest: string } | undefined => {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const start = end + 4
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
  if (text.length < start + length) return undefined
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1])
  return { answer: { status, body: text.slice(start, start + length) }, rest: text.slice(start + length) }
}
