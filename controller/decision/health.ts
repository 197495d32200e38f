import type { Health } from './fleet.ts'

/** What one probe found. */
export type ProbeResult =
  | { kind: 'ready' }
  | { kind: 'unready'; detail: string; drained: boolean }
  | { kind: 'silent'; detail: string; refused: boolean }

/** The run of silent probes so far; a health changes to silent only when the run is long enough. */
export interface Pulse {
  health: Health
  silences: number
}

export const newPulse: Pulse = { health: { kind: 'unknown' }, silences: 0 }

/** Takes one probe's result in. An answer counts at once; silence only after `failures` probes in a row. */
export function feel(pulse: Pulse, result: ProbeResult, now: number, failures: number): Pulse {
  if (result.kind === 'silent') return silent(pulse, result, now, failures)
  const since = pulse.health.kind === result.kind ? pulse.health.since : now
  return { health: { ...result, since }, silences: 0 }
}

function doubted(health: Health, missed: number): Health {
  return health.kind === 'ready' || health.kind === 'unready' ? { ...health, missed } : health
}

function silent(
  { health, silences }: Pulse,
  { detail, refused }: { detail: string; refused: boolean },
  now: number,
  failures: number,
): Pulse {
  const run = silences + 1
  if (run < failures) return { health: doubted(health, run), silences: run }
  const since = health.kind === 'silent' ? health.since : now
  return { health: { kind: 'silent', since, detail, refused }, silences: run }
}
