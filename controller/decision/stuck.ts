import type { Intent } from './state.ts'
import { duration, plural } from './words.ts'

/** A host whose deletion has failed so many times cannot be deleted, as far as anybody can see. */
const STUCK = 8

/** The deletion fails again and again: whoever waits for the host to be gone would wait in vain. */
export const isStuck = ({ kind, doneAt, attempts }: Intent): boolean =>
  kind === 'delete-host' && doneAt === undefined && attempts >= STUCK

/** It is told after 8 attempts, 16, 32 and so on. */
export const isNews = (intent: Intent): boolean =>
  isStuck(intent) && Number.isInteger(Math.log2(intent.attempts / STUCK))

export function stuckSentence({ host, attempts, at, lastError = 'no answer' }: Intent, now: number): string {
  const tried = `${plural(attempts, 'attempt')} in ${duration(now - at)}`
  return `${host} cannot be deleted (${tried}): ${lastError}; it is tried on, and costs until it is gone`
}
