import { inForce } from '../decision/overrides.ts'
import { type Bells, createBells } from '../telemetry/bells.ts'
import type { Logger } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { poolsOf } from '../web/snapshot.ts'
import type { PoolStatus } from '../web/status.ts'
import type { Deps } from './deps.ts'
import type { Memory } from './memory.ts'
import { startSchedule } from './schedule.ts'
import { tick } from './tick.ts'

/** The loop of a controller, under way. */
export interface Loop {
  /** Why it is not well; undefined when it is. */
  illness(): string | undefined
  /** Settles when the controller has to end by itself, with the reason. */
  ended: Promise<string>
  /** Ticks at once, or right after the tick under way: for a change whose effect somebody waits for. */
  nudge(): void
  /** Ends after the tick under way. */
  stop(): Promise<void>
}

/** A loop none of whose ticks has ended for so many intervals, and at least STUCK ms, is stuck. */
const STUCK_TICKS = 4
const STUCK = 60_000
/** One that stays stuck for so much longer ends the process: whatever supervises it starts it anew, the state being safe. */
const GIVE_UP = 300_000
const WATCH_EVERY = 5_000

/** What others do around a tick. None of it may fail. */
export interface Around {
  /** What may change between two ticks, not within one. */
  before(): void
  /** All of the tick is there to be shown. `pools`: as it saw them; none before anything was seen. */
  after(pools: readonly PoolStatus[]): void
}

/** Ticks at once and then every `interval` ms, and watches itself. */
export function startLoop(
  interval: number,
  deps: Deps,
  memory: Memory,
  metrics: Metrics,
  log: Logger,
  around: Partial<Around> = {},
): Loop {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()

  const bells = createBells(log)
  metrics.every(interval)

  async function timed(): Promise<void> {
    const began = deps.elapsed()
    await memory.turns.take(() => {
      around.before?.()
      return tick(deps, memory)
    })
    metrics.ticked('done', deps.elapsed() - began, schedule?.overruns() ?? 0)
    around.after?.(exportState(deps, memory, metrics, bells))
    if (memory.fenced !== undefined) end(memory.fenced)
  }
  function failed(error: unknown): void {
    metrics.ticked('failed', 0, schedule?.overruns() ?? 0)
    log.error({ err: error }, 'Tick failed')
  }
  const schedule: ReturnType<typeof startSchedule> | undefined = startSchedule(
    interval,
    deps.elapsed,
    timed,
    failed,
  )

  const patience = Math.max(STUCK, STUCK_TICKS * interval)
  const silence = (): number => deps.elapsed() - (schedule?.lastTickAt() ?? deps.elapsed())
  const say = (): string => `no tick has ended for ${Math.round(silence() / 1000)} s`
  const watchdog = setInterval(() => {
    if (silence() > patience + GIVE_UP) end(say())
  }, WATCH_EVERY)
  watchdog.unref()

  return {
    ended,
    illness: () => memory.fenced ?? (silence() > patience ? say() : undefined),
    nudge: () => schedule?.nudge(),
    async stop() {
      clearInterval(watchdog)
      await schedule?.stop()
    },
  }
}

function exportState(
  deps: Deps,
  { looked, operations, state }: Memory,
  metrics: Metrics,
  bells: Bells,
): PoolStatus[] {
  metrics.operations(operations.count())
  metrics.history(deps.history.faults())
  metrics.overrides(inForce(state.overrides, deps.now()))
  metrics.spent(state.ledger ?? {})
  const pools = looked === undefined ? [] : poolsOf(deps, looked)
  for (const pool of pools) {
    metrics.pool(pool)
    bells(pool)
  }
  return pools
}
