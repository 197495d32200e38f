import { missing, type Question, type Reading, type Sample } from '../decision/reading.ts'
import { duration } from '../decision/words.ts'
import { type Board, type Known, type Patience, wasAt } from './alert-board.ts'
import type { AlertSettings } from './alert-config.ts'
import { type AlertQuery, meansAlert, parseAlertQuery } from './alert-query.ts'
import type { Labels } from './exposition.ts'
import { gridOf } from './grid.ts'

/** Whether an alert is the one that always fires. */
export function isHeartbeat({ heartbeat }: AlertSettings, labels: Labels): boolean {
  if (heartbeat === undefined) return false
  const parsed = parseAlertQuery(heartbeat.match)
  return parsed.kind === 'query' && meansAlert(parsed.query.matchers, labels)
}

/** How long the word of an alert holds. */
export function patienceFor(config: AlertSettings, labels: Labels): Patience {
  const { within, forget, heartbeat } = config
  if (heartbeat === undefined || !isHeartbeat(config, labels)) return { within, forget }
  return { within: heartbeat.within, forget: heartbeat.within }
}

/** What a question finds on the board. */
interface Sight {
  meant: readonly Known[]
  beats: readonly Known[]
  lost: readonly number[]
  config: AlertSettings
}

/**
 * The reading that the board amounts to: at each step how many of the alerts that are meant fired. That none did is only known where a
 * heartbeat vouches for it; one that was neither repeated nor resolved leaves a hole, as does one that could not be kept.
 */
export function readingOfAlerts(
  question: Question,
  query: AlertQuery,
  board: Board,
  config: AlertSettings,
  now: number,
): Reading {
  const sight = sightOf(query, board, config)
  const samples: Sample[] = []
  for (const t of gridOf(question)) {
    if (t > now + question.interval) continue
    const count = countAt(sight, t)
    if (count !== undefined) samples.push({ t, value: query.value === 'any' ? Math.min(1, count) : count })
  }
  if (samples.length > 0) return { kind: 'samples', samples, step: question.step, seen: [], each: true }
  return explain(query, sight, now)
}

function sightOf({ matchers }: AlertQuery, { alerts, lost }: Board, config: AlertSettings): Sight {
  const all = [...alerts.values()]
  const beats = all.filter(({ labels }) => isHeartbeat(config, labels))
  const meant = all.filter((one) => !beats.includes(one) && meansAlert(matchers, one.labels))
  return { meant, beats, lost, config }
}

/** How many fired at a time; undefined where that is not known. */
function countAt({ meant, beats, lost, config }: Sight, t: number): number | undefined {
  const were = meant.map((one) => wasAt(one, t, config))
  if (were.includes('unknown')) return undefined
  if (lost.some((at) => at <= t && t - at < config.within)) return undefined
  const count = were.filter((one) => one === 'firing').length
  if (count > 0) return count
  const isVouched = beats.some((one) => wasAt(one, t, patienceFor(config, one.labels)) === 'firing')
  return isVouched ? 0 : undefined
}

/** Why there is not one value in the window. */
function explain({ text }: AlertQuery, { meant, beats, lost, config }: Sight, now: number): Reading {
  const stale = meant.find((one) => wasAt(one, now, config) === 'unknown')
  if (stale !== undefined) {
    const heard = stale.stretches.at(-1)?.heard ?? now
    const since = `an alert of ${text} was last heard of ${duration(now - heard)} ago and is not resolved`
    return missing('stale', `${since}: is the repeat_interval of its route under ${duration(config.within)}?`)
  }
  if (lost.some((at) => now - at < config.within))
    return missing(
      'no-data',
      `not all alerts could be kept, so those of ${text} are not known: see most and max_alerts`,
    )
  if (config.heartbeat === undefined)
    return missing('no-data', `no alert of ${text} fires, and without a heartbeat silence says nothing`)
  const { match, within } = config.heartbeat
  const last = Math.max(...beats.flatMap(({ stretches }) => stretches.map(({ heard }) => heard)))
  const ago = Number.isFinite(last) ? `${duration(now - last)} ago` : 'never yet'
  return missing(
    'no-data',
    `no alert of ${text} fires, and the heartbeat ${match} was last heard ${ago} (${duration(within)} are allowed): does Alertmanager reach us?`,
  )
}

/** How many alerts fire now, heartbeats left out. */
export function firingNow({ alerts }: Board, config: AlertSettings, now: number): number {
  const all = [...alerts.values()].filter(({ labels }) => !isHeartbeat(config, labels))
  return all.filter((one) => wasAt(one, now, config) === 'firing').length
}
