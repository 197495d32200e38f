import { plural } from '../decision/words.ts'
import type { OutcomeEntry } from '../history/history.ts'
import type { Outside } from '../outside.ts'
import { differences, type Running } from '../policy/differences.ts'
import type { HeldPolicies, PolicyLoad } from '../policy/held.ts'
import { type Problem, sayProblem } from '../policy/problem.ts'
import { rememberParsed } from '../policy/remembered.ts'
import type { Machine } from '../settings/pools.ts'
import { reloadPolicies, type Settings } from '../settings.ts'
import { signatureOfPolicies } from './signature.ts'
import { readPolicies, type Snapshot } from './snapshot.ts'
import type { Watched } from './watch.ts'

/** A static message with fields. */
export interface ReloadLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What a reload needs. `running`: what would be passed by. `happened`: what goes into the history. */
export interface ReloadDeps {
  settings: Settings
  machine: Machine
  /** How problems name a path. */
  shown(path: string): string
  outside: Pick<Outside, 'fs' | 'now' | 'elapsed' | 'sleep'>
  held: HeldPolicies
  running(): readonly Running[]
  reloaded(outcome: 'loaded' | 'unchanged' | 'refused'): void
  happened(entry: Omit<OutcomeEntry, 'kind' | 'version' | 'id'>): void
  log: ReloadLog
}

export interface WatchedPolicies extends Watched {
  /** Why the files on disk are not in force, in one sentence; undefined while they are. */
  refusal(): string | undefined
}

/** Parsing makes way for others after so many ms. */
const SLICE = 20
/** No log is flooded: more lines than this are counted. */
const MOST_LINES = 100
const MOST_IN_A_SENTENCE = 10

/** The policy files of the settings: a set of them that is sound as a whole is offered to the next tick, any other changes nothing. */
export function watchedPolicies(deps: ReloadDeps): WatchedPolicies {
  const { settings, machine, shown, outside, held } = deps
  const remembered = rememberParsed()
  let refused: { at: number; problems: readonly Problem[] } | undefined

  /** Ahead and in slices, since a thousand files take longer than the loop may be held up. */
  async function parseAll({ paths, read }: Snapshot): Promise<void> {
    let began = outside.elapsed()
    for (const path of paths) {
      parseOne(read, path)
      if (outside.elapsed() - began < SLICE) continue
      await outside.sleep(0)
      began = outside.elapsed()
    }
  }

  function parseOne(read: Snapshot['read'], path: string): void {
    try {
      remembered.parse(read(path), shown(path))
    } catch {
      // What cannot be read is told with all else that is wrong.
    }
  }

  function accept(load: PolicyLoad, asked: boolean): void {
    if (load.kind === 'loaded') {
      bring(load, asked)
      return
    }
    const told = new Set(asked ? [] : refused?.problems.map(sayProblem))
    refused = { at: outside.now(), problems: load.problems }
    tellRefused(deps, load.problems, told)
  }

  function bring(load: PolicyLoad & { kind: 'loaded' }, asked: boolean): void {
    const lines = differences(held.latest(), load.policies, deps.running())
    const isNews = asked || lines.length > 0 || refused !== undefined
    held.offer(load)
    refused = undefined
    if (isNews) tellLoaded(deps, load.policies.length, lines)
  }

  return {
    sign: () => signatureOfPolicies(outside.fs, settings.policies),
    async take(asked) {
      const files = await readPolicies(outside.fs, settings.policies)
      await parseAll(files)
      const load = reloadPolicies(settings, { files, machine, shown, parse: remembered.parse })
      remembered.sweep()
      return { accept: () => accept(load, asked) }
    },
    refusal: () =>
      refused &&
      `the policies on disk are refused, those loaded before stay in force: ${inShort(refused.problems)}`,
  }
}

/** Each problem once, and the whole in the history. */
function tellRefused(deps: ReloadDeps, problems: readonly Problem[], told: ReadonlySet<string>): void {
  const lines = problems.map(sayProblem)
  const news = lines.filter((line) => !told.has(line))
  deps.reloaded('refused')
  if (news.length === 0) return
  for (const problem of bounded(news, MOST_LINES)) deps.log.warn({ problem }, 'Policies refused')
  const sentence = `policies refused, those loaded before stay in force: ${inOneSentence(lines)}`
  note(deps, 'refused', sentence)
}

function tellLoaded(deps: ReloadDeps, policies: number, lines: readonly string[]): void {
  deps.reloaded(lines.length === 0 ? 'unchanged' : 'loaded')
  for (const change of bounded(lines, MOST_LINES)) deps.log.info({ change }, 'Policy changed')
  const what = lines.length === 0 ? 'they are those in force' : plural(lines.length, 'change')
  deps.log.info({ policies, changes: lines.length }, `Policies loaded: ${what}`)
  note(deps, 'done', `policies loaded: ${lines.length === 0 ? what : inOneSentence(lines)}`)
}

function note({ happened, outside }: ReloadDeps, result: 'done' | 'refused', sentence: string): void {
  happened({ at: outside.now(), step: 'reload', subject: 'policies', result, sentence })
}

function bounded(lines: readonly string[], most: number): string[] {
  const rest = lines.length - most
  return rest <= 0 ? [...lines] : [...lines.slice(0, most), `and ${rest} more`]
}

const inOneSentence = (lines: readonly string[]): string => bounded(lines, MOST_IN_A_SENTENCE).join('; ')

/** The first problem and how many more there are. */
export function inShort([first, ...more]: readonly Problem[]): string {
  if (first === undefined) return 'nobody knows why'
  return `${sayProblem(first)}${more.length === 0 ? '' : ` (and ${more.length} more)`}`
}
