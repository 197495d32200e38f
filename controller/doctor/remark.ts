/** How bad something is. `warning`: it works, and somebody should know. */
export type Level = 'ok' | 'warning' | 'wrong'

/** What was found out about one thing. `remedy`: what to do about it, wherever it is not ok. */
export type Remark =
  | { level: 'ok'; about: string; what: string }
  | { level: 'warning' | 'wrong'; about: string; what: string; remedy: string }

/** Remarks about one thing. */
export const remarksOn = (about: string) => ({
  ok: (what: string): Remark => ({ level: 'ok', about, what }),
  warning: (what: string, remedy: string): Remark => ({ level: 'warning', about, what, remedy }),
  wrong: (what: string, remedy: string): Remark => ({ level: 'wrong', about, what, remedy }),
})

const ranks: Readonly<Record<Level, number>> = { ok: 0, warning: 1, wrong: 2 }

/** The worst come last, where a terminal shows them; among equals the order of the checks stays. */
export const worstLast = (remarks: readonly Remark[]): Remark[] =>
  remarks.toSorted((a, b) => ranks[a.level] - ranks[b.level])

const words: Readonly<Record<Level, string>> = { ok: 'ok     ', warning: 'WARNING', wrong: 'WRONG  ' }

/** `WARNING  token: others may read it`, and below it what to do. */
export function remarkLines(remark: Remark): string[] {
  const first = `${words[remark.level]}  ${remark.about}: ${remark.what}`
  return remark.level === 'ok' ? [first] : [first, `         to do: ${remark.remedy}`]
}
