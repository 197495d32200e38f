import { type Remark, remarksOn } from './remark.ts'

/** One thing to look at. `within`: its deadline, ms. `look` gets a signal that aborts with it. */
export interface Check {
  about: string
  within: number
  look(signal: AbortSignal): Promise<readonly Remark[]>
}

export interface ChecksDeps {
  /** A signal that aborts after so many ms. */
  within(ms: number): AbortSignal
  /** Aborts when somebody asks for the end. */
  stopped: AbortSignal
  /** Told after each check: how many of them are done, and what is still under way. */
  progress(done: number, all: number, waiting: readonly string[]): void
}

const AT_ONCE = 16

/** Makes all checks, some at the same time. Answers in their order what they found. Never rejects, and never takes longer than their deadlines. */
export async function makeChecks(checks: readonly Check[], deps: ChecksDeps): Promise<Remark[]> {
  const found: (readonly Remark[])[] = checks.map(() => [])
  const waiting = new Set<string>()
  let next = 0
  let done = 0
  async function worker(): Promise<void> {
    for (let at = next++; at < checks.length; at = next++) {
      const check = checks[at]
      if (check === undefined) return
      waiting.add(check.about)
      deps.progress(done, checks.length, [...waiting])
      found[at] = await one(check, deps)
      waiting.delete(check.about)
      done++
      deps.progress(done, checks.length, [...waiting])
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, checks.length) }, worker))
  return found.flat()
}

async function one({ about, within, look }: Check, deps: ChecksDeps): Promise<readonly Remark[]> {
  const { wrong } = remarksOn(about)
  const late = deps.within(within)
  const ended = AbortSignal.any([late, deps.stopped])
  const given = Promise.withResolvers<readonly Remark[]>()
  const giveUp = (): void =>
    given.resolve(
      deps.stopped.aborted
        ? [wrong('was not looked at to its end', 'run it again when there is time for it')]
        : [
            wrong(
              `it was not found out within ${within / 1000} s`,
              'see whether its disk or its server hangs, and run this again',
            ),
          ],
    )
  ended.addEventListener('abort', giveUp, { once: true })
  if (ended.aborted) giveUp()
  else
    look(ended).then(given.resolve, (error: unknown) =>
      given.resolve([wrong(saidOf(error), 'run this again; when it stays, tell who looks after capuchin')]),
    )
  const remarks = await given.promise
  ended.removeEventListener('abort', giveUp)
  return remarks
}

const saidOf = (error: unknown): string =>
  `looking failed: ${error instanceof Error ? error.message : String(error)}`
