import type { Cell, Contender } from './cells.ts'

/** One run that is to be made. `round` counts from 0. */
export interface Turn {
  cell: Cell
  contender: Contender
  round: number
}

/**
 * All runs in their order: round by round, so that a machine that gets slower does so for everybody; within a cell the contenders
 * in turn, forwards and backwards by round, so that nobody always comes first. What the generator does alone is no comparison, and
 * measured once.
 */
export function turnsOf(
  cells: readonly Cell[],
  rounds: number,
  has: (contender: Contender) => boolean,
): Turn[] {
  return Array.from({ length: rounds }, (_, round) =>
    cells.flatMap((cell) => {
      if (round > 0 && cell.into === 'nothing') return []
      const present = cell.contenders.filter(has)
      const order = round % 2 === 0 ? present : present.toReversed()
      return order.map((contender) => ({ cell, contender, round }))
    }),
  ).flat()
}
