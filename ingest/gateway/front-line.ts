import type { Socket } from 'node:net'
import type { Answer } from '../shared/answer.ts'
import type { PlainHeads } from './plain-head.ts'
import type { PlainPost } from './plain-post.ts'

/** One connection before the parser. */
export type FrontLine = {
  /** `new`: nothing has come yet; `idle`: it waits for another request; `busy`: an answer is owed; `over`: the last one is given. */
  state(): 'new' | 'idle' | 'busy' | 'over'
  /** Since when nothing has come, on the clock of the front. */
  quietSince(): number
  /** Listens no longer. */
  release(): void
}

export type LineDeps = {
  heads: PlainHeads
  post: PlainPost
  /** An answer with its head; `closes`: the connection ends with it. */
  write: (answer: Answer, closes: boolean) => string
  /** True once connections should end with their next answer. */
  leaving: () => boolean
  /** A monotonic clock in milliseconds. */
  now: () => number
  /** The parser takes the connection, beginning with what was not read. */
  handOver(socket: Socket, unread: Buffer | undefined): void
  ended(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
/** Longer heads are not plain. */
const LONGEST_HEAD = 2_048

/** Answers the plain requests of a connection, one after the other. */
export const createFrontLine = (socket: Socket, since: number, deps: LineDeps): FrontLine => {
  let state: ReturnType<FrontLine['state']> = 'new'
  let quietSince = since
  let isEnded = false
  /** What has come while an answer was owed. */
  let next: Buffer | undefined

  const take = (bytes: Buffer) => {
    if (state === 'over') return
    if (state === 'busy') return keep(bytes)
    const headEnd = bytes.subarray(0, LONGEST_HEAD).indexOf(HEAD_END)
    const head = headEnd < 0 ? undefined : deps.heads.read(bytes.toString('latin1', 0, headEnd))
    const begin = headEnd + HEAD_END.length
    // All of the request and nothing else, and answers that the client reads.
    if (head === undefined || bytes.length - begin !== head.length || socket.writableLength > 0)
      return leave(bytes)
    state = 'busy'
    deps.post(bytes.subarray(begin), (answer, out) => say(answer, head.closes, out))
  }

  const keep = (bytes: Buffer) => {
    next = next === undefined ? bytes : Buffer.concat([next, bytes])
    socket.pause()
  }

  const say = (answer: Answer, closes: boolean, out: () => void) => {
    const isLast = closes || isEnded || answer.closes === true || deps.leaving()
    state = isLast ? 'over' : 'idle'
    quietSince = deps.now()
    // Answers of this path are ASCII.
    socket.write(deps.write(answer, isLast), 'latin1', () => {
      out()
      // Not in here, where it would make an error out of a write that has just ended.
      if (isLast) process.nextTick(destroy)
    })
    if (state === 'idle' && next !== undefined) leave(next)
  }

  const destroy = () => void socket.destroy()

  const leave = (unread: Buffer | undefined) => {
    release()
    deps.handOver(socket, unread)
  }

  const end = () => {
    isEnded = true
    if (state === 'new' || state === 'idle') socket.end()
  }

  const ignore = () => {}

  const release = () => {
    socket.off('data', take)
    socket.off('end', end)
    socket.off('error', ignore)
    socket.off('close', deps.ended)
  }

  socket.on('data', take)
  socket.on('end', end)
  socket.on('error', ignore)
  socket.on('close', deps.ended)
  return { state: () => state, quietSince: () => quietSince, release }
}
