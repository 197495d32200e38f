import { setTimeout as sleep } from 'node:timers/promises'

/** What ends a demo early; its message says what happened and what to do about it. */
export class Trouble extends Error {}

/** Somebody asked it to stop. */
export class Interrupted extends Error {}

/** The first of all troubles aborts whatever is under way. */
export interface Alarm {
  signal: AbortSignal
  raise(error: Error): void
}

export function createAlarm(): Alarm {
  const controller = new AbortController()
  return { signal: controller.signal, raise: (error) => controller.abort(error) }
}

const LOOK_EVERY = 100

/** Looks until `check` answers something; undefined when it did not within so many ms. Throws what raised the alarm. */
export async function awaited<T>(
  check: () => T | undefined | Promise<T | undefined>,
  within: number,
  alarm: AbortSignal,
): Promise<T | undefined> {
  const end = performance.now() + within
  for (;;) {
    alarm.throwIfAborted()
    const found = await check()
    if (found !== undefined || performance.now() >= end) return found
    await pause(LOOK_EVERY, alarm)
  }
}

/** Sleeps for so many ms; throws what raised the alarm. */
async function pause(ms: number, alarm: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: alarm })
  } catch (error) {
    alarm.throwIfAborted()
    throw error
  }
}
