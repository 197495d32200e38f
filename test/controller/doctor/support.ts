import { expect } from 'vitest'
import type { Remark } from '../../../controller/doctor/remark.ts'

/** One word for how bad it is, and what is said; each remark that is not ok names a remedy. */
export function inShort(remarks: readonly Remark[]): string[] {
  for (const one of remarks) if (one.level !== 'ok') expect(one.remedy).toMatch(/\S{2,}/)
  return remarks.map(({ level, what }) => `${level}: ${what}`)
}

/** A row of a table of judgements. */
export type Row<T> = { name: string; facts: T; says: string[] }
