import { describe, test } from 'vitest'
import { isInstalled, type ServerName, servers } from '../../scripts/servers.ts'

/** Declares a suite, as `describe` does. */
type Suite = (title: string, body: () => void) => void

/**
 * Answers `describe` for suites that start real servers: `needs('prometheus')('the source', () => { ... })`.
 * Where a server is not installed the suite is skipped under a name that says so; with CI=true it fails instead.
 */
export const needs = (...names: ServerName[]): Suite => {
  const missing = names.filter((name) => !isInstalled(name, process.env))
  if (missing.length === 0) return (title, body) => describe(title, body)
  const why = `needs ${missing.map((name) => servers[name].package).join(', ')}`
  if (process.env['CI'] === 'true') return (title) => failing(title, why)
  return (title, body) => describe.skip(`${title} (skipped: ${why})`, body)
}

const failing = (title: string, why: string): void =>
  test(`${title} (${why})`, () => {
    throw new Error(
      `${why}: with CI=true a missing server is a failure. Install the Debian packages it names.`,
    )
  })
