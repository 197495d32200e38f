import type { Answer } from '../shared/answer.ts'
import type { PostDeps } from './admission.ts'
import { NOT_SERVING, type Outcome, UNREAD } from './outcome.ts'
import type { Sink } from './sink.ts'

/** Takes an event whose bytes are all there. `answer` is told once; it calls `out` when the answer is out, or never can be. */
export type PlainPost = (body: Buffer, answer: (answer: Answer, out: () => void) => void) => void

/** `/post` as the routes have it, counts and times included, for a body that needs no reading. */
export const createPlainPost = (
  { bodies, sink, lifecycle, metrics, now }: PostDeps,
  store: (body: Buffer, sink: Sink) => Promise<Outcome>,
): PlainPost => {
  const storeHeld = async (body: Buffer, open: Sink): Promise<Outcome> => {
    if (!bodies.hold(body)) return UNREAD['no-room']
    const outcome = await store(body, open)
    bodies.release(body)
    return outcome
  }

  return (body, answer) => {
    const start = now()
    metrics.arrived()
    const tell = ({ answer: said, error }: Outcome, out: () => void) => {
      if (error !== undefined) metrics.failed(error)
      metrics.answered((now() - start) / 1000)
      answer(said, out)
    }
    const open = sink()
    if (!lifecycle.accepts() || open === undefined) return tell(NOT_SERVING, () => {})
    const end = lifecycle.begin()
    void storeHeld(body, open).then((outcome) => tell(outcome, end))
  }
}
