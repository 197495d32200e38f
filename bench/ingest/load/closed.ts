import type { LoopDeps, Running } from './open.ts'

/** Every connection asks again as soon as it has its answer. `measured`: whether the measured stretch is under way. */
export function closedLoop({ wires, requests, ledger, now }: LoopDeps, measured: () => boolean): Running {
  let isOver = false

  function ask(): void {
    if (isOver) return
    const at = now()
    wires.send(requests.next(), (outcome) => {
      ledger.settled(outcome, at, measured())
      ask()
    })
  }

  for (let left = wires.free(); left > 0; left--) ask()
  return {
    end() {
      isOver = true
      return { kind: 'free' }
    },
  }
}
