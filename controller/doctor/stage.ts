import { duration } from '../decision/words.ts'

/** One thing that a doctor tried. `took`: ms; absent where nothing was waited for. `remedy`: what to do where it is not ok. */
export interface Stage {
  what: string
  ok: boolean
  detail: string
  took?: number
  remedy?: string
}

/** How something that was tried came out. */
export type Result = { ok: true; detail: string } | { ok: false; detail: string; remedy: string }

export const well = (detail: string): Result => ({ ok: true, detail })
export const ill = (detail: string, remedy: string): Result => ({ ok: false, detail, remedy })

/** What somebody who asked for the end is told. */
export const INTERRUPTED = ill('it was interrupted', 'run it again when there is time for it')

/** `ok      order a VM: running at 10.0.0.5  (38s)`, and below it what to do where it failed. */
export function stageLines({ what, ok, detail, took, remedy }: Stage): string[] {
  const time = took === undefined ? '' : `  (${tookInWords(took)})`
  const first = `${ok ? 'ok    ' : 'FAILED'}  ${what}: ${detail}${time}`
  return remedy === undefined ? [first] : [first, `        to do: ${remedy}`]
}

/** Of a minute and more, tenths tell nothing. */
export const tookInWords = (ms: number): string =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms)
