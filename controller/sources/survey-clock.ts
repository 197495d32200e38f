/** What was answered, and by how many ms the clock of whoever answered is ahead of ours (negative: behind), as far as is certain. */
export interface Told<T> {
  answer: T
  ahead: number
}

/**
 * Asks about the present of another clock. How far that is ahead only its answers tell, so that a question that was asked at a
 * time which turns out wrong by more than half an interval is asked once more.
 */
export function byTheirClock(now: () => number) {
  let ahead = 0
  return {
    async ask<T extends object>(interval: number, ask: (at: number) => Promise<T>): Promise<Told<T>> {
      const supposed = ahead
      const answer = await ask(now() + supposed)
      ahead = skewIn(answer) ?? ahead
      if (Math.abs(ahead - supposed) <= interval / 2) return { answer, ahead: supposed }
      const asked = ahead
      return { answer: await ask(now() + asked), ahead: asked }
    },
  }
}

const skewIn = (answer: object): number | undefined =>
  'skew' in answer && typeof answer.skew === 'number' ? answer.skew : undefined
