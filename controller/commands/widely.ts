import { onlyOne } from './hand.ts'

/** How a pause is said of more than one workload. */
export const wideOptions = {
  all: { type: 'boolean', text: 'all workloads of the controller, now and as long as it lasts' },
  pool: { type: 'string', value: 'POOL', text: 'a pool, in which nothing is changed, nor healed' },
} as const

interface Forms<T> {
  workload(name: string): T
  all: T
  pool(name: string): T
}

/** What is named: a workload, all, or a pool. Undefined when it is none of them, or more than one. */
export function widely<T>(
  positionals: readonly string[],
  { all, pool }: { all?: boolean | undefined; pool?: string | undefined },
  forms: Forms<T>,
): T | undefined {
  const ways = Number(positionals.length > 0) + Number(all === true) + Number(pool !== undefined)
  if (ways !== 1) return undefined
  if (all === true) return forms.all
  if (pool !== undefined) return forms.pool(pool)
  const workload = onlyOne(positionals)
  return workload === undefined ? undefined : forms.workload(workload)
}
