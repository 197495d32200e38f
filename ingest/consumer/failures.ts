/** The parts of a consumer that may fail for a while, in the order in which they are told. */
const PARTS = ['sink', 'dead letters', 'kafka'] as const
type Part = (typeof PARTS)[number]

/** What fails at present. */
export type Failures = {
  /** Why the part fails; undefined when it works. */
  note(part: Part, why: string | undefined): void
  /** A sentence about what fails, or undefined while all is well. */
  first(): string | undefined
}

/** Told when a part stops and starts to work, and not about every attempt in between. */
export type FailureObserver = { failed(part: Part, why: string): void; recovered(part: Part): void }

export const createFailures = (observer: FailureObserver): Failures => {
  const reasons = new Map<Part, string>()
  return {
    note: (part, why) => {
      const before = reasons.get(part)
      if (why === undefined) reasons.delete(part)
      else reasons.set(part, why)
      if (why !== undefined && before === undefined) observer.failed(part, why)
      if (why === undefined && before !== undefined) observer.recovered(part)
    },
    first: () => {
      const part = PARTS.find((name) => reasons.has(name))
      return part === undefined ? undefined : `${part}: ${reasons.get(part)}`
    },
  }
}
