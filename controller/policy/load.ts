import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Policy } from '../decision/policy.ts'
import { bindPolicy } from './bind.ts'
import { checks as allChecks, type Candidate, type Check } from './fit.ts'
import type { PolicyLoad } from './held.ts'
import { type Draft, parsePolicy, unread } from './parse.ts'
import { inOrder } from './problem.ts'
import type { RunText } from './run.ts'
import type { PolicyText } from './schema.ts'
import type { World } from './world.ts'

/** The file system as far as it is read. Both throw what Node throws. */
export interface Files {
  /** Names in a folder. */
  list(folder: string): readonly string[]
  read(path: string): string
}

/**
 * `shown`: how problems name a path. `checks`: what policies have to withstand; all, where nothing else is said. `parse`: makes a draft
 * of a text, and may remember what it made of the same text before.
 */
export interface LoadOptions {
  shown?: (path: string) => string
  checks?: readonly Check[]
  parse?: typeof parsePolicy
  /** Which of them come into force; those that are enabled, where nothing else is said. */
  wanted?: (text: PolicyText) => boolean
}

/**
 * Reads all policies of a folder. Either every one of them is sound and they come into force together, or none does and all
 * problems are told at once: a set without the one bad file would let its workload go unattended.
 */
export function loadPolicies(
  folder: string,
  world: World,
  files: Files,
  options: LoadOptions = {},
): PolicyLoad {
  const { shown = (path) => path, checks = allChecks, parse = parsePolicy, wanted = isEnabled } = options
  const listed = policyFiles(folder, files)
  if (listed.kind === 'refused') {
    return { kind: 'refused', problems: [{ file: shown(folder), path: '', message: listed.message }] }
  }
  const drafts = listed.names.map((name) => draftOf(join(folder, name), files, shown, parse))
  const candidates = drafts.map((draft): Candidate => ({ draft, policy: policyOf(draft, world, wanted) }))
  const problems = [
    ...drafts.flatMap((draft) => draft.problems),
    ...checks.flatMap((check) => check(candidates, world)),
  ]
  if (problems.length > 0) return { kind: 'refused', problems: inOrder(problems) }
  const policies = candidates.flatMap(({ policy }) => policy ?? [])
  const disabled = drafts.flatMap(({ text }) => (text === undefined || wanted(text) ? [] : [text.workload]))
  return { kind: 'loaded', policies, ...(disabled.length > 0 && { disabled }) }
}

const isEnabled = ({ enabled }: PolicyText): boolean => enabled

type Listed = { kind: 'names'; names: readonly string[] } | { kind: 'refused'; message: string }

/** Scenario tests stand beside policies and are none; hidden files are what editors leave behind. */
export const isPolicyFile = (name: string): boolean =>
  /^[^.].*\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name)

function policyFiles(folder: string, files: Files): Listed {
  try {
    const names = files.list(folder).filter(isPolicyFile)
    if (names.length > 0) return { kind: 'names', names: names.toSorted() }
    return { kind: 'refused', message: 'holds no policy: one file.yaml for each workload' }
  } catch (error) {
    return { kind: 'refused', message: sayUnreadable(error) }
  }
}

function draftOf(
  path: string,
  files: Files,
  shown: (path: string) => string,
  parse: typeof parsePolicy,
): Draft {
  const file = shown(path)
  try {
    return parse(files.read(path), file)
  } catch (error) {
    return unread(file, [{ file, path: '', message: sayUnreadable(error) }])
  }
}

/** Why a file or folder could not be read, in words. */
export function sayUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be read: ${String(error)}`
  const code = 'code' in error ? String(error.code) : ''
  return sentences[code] ?? `cannot be read: ${error.message}`
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ENOTDIR: 'cannot be read: it is not a folder',
  EISDIR: 'cannot be read: it is a folder',
}

function policyOf({ text }: Draft, world: World, wanted: (text: PolicyText) => boolean): Policy | undefined {
  return text === undefined || !wanted(text) ? undefined : bindPolicy(text, world, versionOf(text.run))
}

/** What runs, in eight letters; how it is probed and drained makes no other version of it. */
function versionOf({ version, command, image, env }: RunText): string {
  if (version !== undefined) return version
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([command, image, variables]))
    .digest('hex')
    .slice(0, 8)
}
