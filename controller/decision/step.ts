import type { Step } from './policy.ts'
import { figure } from './words.ts'

/**
 * How many instances a step is at a size: its count, or the percentage of the size, rounded up going out and down going in, so
 * that doubt costs money and not users. At least one.
 */
export function stepSize(step: Step, size: number, direction: 'out' | 'in'): number {
  if (typeof step === 'number') return step
  const exact = (size * step.percent) / 100
  return Math.max(1, direction === 'out' ? Math.ceil(exact) : Math.floor(exact))
}

/** "2", "25 %" */
export function sayStep(step: Step): string {
  return typeof step === 'number' ? String(step) : `${figure(step.percent)} %`
}

/** "2", "25 % of 8" */
export function sayStepOf(step: Step, size: number): string {
  return typeof step === 'number' ? String(step) : `${sayStep(step)} of ${size}`
}
