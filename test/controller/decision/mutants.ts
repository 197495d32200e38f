import { type Guards, guards } from '../../../controller/decision/conclude.ts'
import { nothingFrozen } from '../../../controller/decision/freeze.ts'

type Named = readonly { name: string }[]
type ListOf = { [K in keyof Guards]: Guards[K] extends Named ? K : never }[keyof Guards]
type Single = Exclude<keyof Guards, ListOf>

/** The guards that are no lists, each as if nobody had thought of it. One that is new has to be here to compile. */
const leftOut: { [K in Single]: Guards[K] } = {
  mostAtOnce: () => Number.POSITIVE_INFINITY,
  isFirm: () => false,
  counted: ({ ready }) => ready,
  isDistrusted: () => false,
  isCollapse: () => false,
  isSettled: () => true,
  frozen: () => nothingFrozen,
  atRest: (pool) => pool,
  heldBy: () => undefined,
  isRelieved: () => true,
  openZones: ({ zones }) => zones,
  isTripped: () => false,
  isProved: () => false,
  mayMend: () => true,
  answers: () => false,
  mayRemove: () => true,
  quarantine: (work) => work(),
}

/** The judgement with one guard left out. */
export interface Mutant {
  /** What is left out. */
  name: string
  judgement: Guards
  /** All others of its list left out as well, and with them the guard itself. */
  alone?: readonly [Guards, Guards]
}

const without = (list: ListOf, keeps: (name: string) => boolean): Guards => ({
  ...guards,
  [list]: guards[list].filter(({ name }) => keeps(name)),
})

const lists: readonly ListOf[] = ['clamps', 'shrinkClamps', 'calm', 'emptiable', 'limits']

export const mutants: readonly Mutant[] = [
  ...lists.flatMap((list) =>
    guards[list].map(({ name }) => ({
      name: `${list}: ${name}`,
      judgement: without(list, (other) => other !== name),
      alone: [without(list, (other) => other === name), without(list, () => false)] as const,
    })),
  ),
  ...Object.entries(leftOut).map(([name, guard]) => ({ name, judgement: { ...guards, [name]: guard } })),
]

/** The keys of the guards that are left out in turn. */
export const known: ReadonlySet<string> = new Set([...lists, ...Object.keys(leftOut)])
