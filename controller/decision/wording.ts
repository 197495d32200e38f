import type { Wording } from '../strategies/strategy.ts'
import { figure } from './words.ts'

/** "70 %" of cores, "70" of anything else. */
export const inUnit = (number: string, { unit }: Pick<Wording, 'unit'>): string =>
  unit === 'cores' ? `${number} %` : number

export const amount = (value: number, wording: Pick<Wording, 'unit'>): string =>
  inUnit(figure(value), wording)

/** "(5m mean)" */
export const mean = ({ window }: Pick<Wording, 'window'>): string => `(${window} mean)`

/** Three figures, never more than the value. */
export function floorFigure(value: number): number {
  const last = 10 ** (Math.floor(Math.log10(value)) - 2)
  return Number((Math.floor(value / last) * last).toPrecision(3))
}
