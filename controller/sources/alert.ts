import { missing, type Reading } from '../decision/reading.ts'
import { validate } from '../policy/issues.ts'
import { sayPath } from '../policy/problem.ts'
import { type Board, emptyBoard, readBoard, takeAlerts, writeBoard } from './alert-board.ts'
import { AlertConfig, type AlertSettings } from './alert-config.ts'
import { AlertHook } from './alert-hook.ts'
import { alertFaults, parseAlertQuery } from './alert-query.ts'
import { firingNow, isHeartbeat, patienceFor, readingOfAlerts } from './alert-reading.ts'
import { defineSource } from './define.ts'
import type { Labels } from './exposition.ts'
import { settle } from './settle.ts'
import type { Heard, Inbox, Source, SourceDeps } from './source.ts'

/** An alert source, which is told rather than asks. */
export type AlertSource = Source & { inbox: Inbox }

/**
 * Keeps the alerts that an Alertmanager posts, and answers how many of them fire. What it was told is on disk before it says that it has
 * taken it in, so that a restart does not make silence of it.
 */
export function alertSource(config: AlertSettings, deps: SourceDeps): AlertSource {
  const closing = new AbortController()
  let board: Board = emptyBoard
  const save = deps.kept !== undefined && 'save' in deps.kept ? deps.kept.save : undefined
  const opened = recallBoard()

  async function recallBoard(): Promise<void> {
    const text = await deps.kept?.load()
    // Beside a controller that runs and listens, its heartbeats are as good as they are to itself.
    const wasDeaf = (labels: Labels): boolean => save !== undefined && isHeartbeat(config, labels)
    board = (text === undefined ? undefined : readBoard(text, wasDeaf)) ?? board
  }

  async function take(body: unknown): Promise<Heard> {
    const { data, faults } = validate(AlertHook, body)
    if (data === undefined) {
      const said = faults.slice(0, 3).map(({ path, message }) => `${sayPath(path)}: ${message}`)
      return { kind: 'wrong', detail: `this is no message of Alertmanager's webhook: ${said.join('; ')}` }
    }
    await opened
    const now = deps.now()
    const telling = {
      now,
      most: config.most,
      patienceOf: (labels: Record<string, string>) => patienceFor(config, labels),
    }
    const taken = takeAlerts(board, data.alerts, data.truncatedAlerts, telling)
    board = taken.board
    const failed = await save?.(() => writeBoard(board, deps.now()))
    if (failed !== undefined) return { kind: 'failed', detail: `the alerts cannot be kept: ${failed}` }
    if (taken.kind === 'taken') return { kind: 'taken', firing: firingNow(board, config, now) }
    return {
      kind: 'failed',
      detail: `more than ${config.most} alerts fire at once: raise most of the source`,
    }
  }

  return {
    read(question, signal) {
      const work = async (): Promise<Reading> => {
        const parsed = parseAlertQuery(question.query)
        if (parsed.kind === 'fault') return missing('bad-query', parsed.detail)
        await opened
        return readingOfAlerts(question, parsed.query, board, config, deps.now())
      }
      return settle(work, AbortSignal.any([signal, closing.signal]), 'the alert source was asked to stop')
    },
    inbox: {
      take,
      firing: () => firingNow(board, config, deps.now()),
      tokens: () => tokensOf(config, deps),
    },
    async close() {
      closing.abort()
    },
  }
}

/** Read anew each time, so that it can be changed without a restart. A file that is not there is nobody's token. */
function tokensOf({ tokenFile }: AlertSettings, deps: SourceDeps): string[] {
  if (tokenFile === undefined) return []
  try {
    const token = deps.readFile(tokenFile).trim()
    return token.length >= SHORTEST ? [token] : []
  } catch {
    return []
  }
}

/** Shorter ones can be guessed. */
const SHORTEST = 16

export const alert = defineSource(AlertConfig, alertFaults, alertSource)
