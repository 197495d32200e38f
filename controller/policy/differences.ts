import { compare, groupBy } from '../decision/order.ts'
import type { Policy } from '../decision/policy.ts'
import { plural } from '../decision/words.ts'
import { type Change, changesBetween } from './changes.ts'
import { sayKey, sayStep } from './said.ts'

/** An instance that runs, as far as a change of policies bears on it. */
export interface Running {
  workload: string
  pool: string
  version: string
}

/**
 * What is another in the policies `after` than in those `before`, one line a change, by workload: `ingest: size.max 12 -> 20`. What
 * holds for new instances only says so, with how many of `running` it passes by.
 */
export function differences(
  before: readonly Policy[],
  after: readonly Policy[],
  running: readonly Running[] = [],
): string[] {
  const was = new Map(before.map((policy) => [policy.workload, policy]))
  const is = new Map(after.map((policy) => [policy.workload, policy]))
  const instances = groupBy(running, ({ workload }) => workload)
  const all = [...new Set([...was.keys(), ...is.keys()])].toSorted(compare)
  return all.flatMap((workload) => {
    const lines = linesOf(was.get(workload), is.get(workload), instances.get(workload) ?? [])
    return lines.map((line) => `${workload}: ${line}`)
  })
}

function linesOf(
  before: Policy | undefined,
  after: Policy | undefined,
  running: readonly Running[],
): string[] {
  if (before === undefined) return after === undefined ? [] : [sayNew(after, running)]
  if (after === undefined) return [`gone${sayLeft(running)}`]
  const changes = withoutFormer(changesBetween(plain(before), plain(after)))
  const moved = changes.filter(({ path }) => path[0] === 'pool')
  const started = changes.filter(({ path }) => path[0] === 'run')
  const rest = changes.filter(({ path }) => path[0] !== 'run' && path[0] !== 'pool')
  return [
    ...moved.map((change) => `${sayChange(change)}${sayLeft(running, before.pool)}`),
    ...startedLines(started, after, running),
    ...rest.map(sayChange),
  ]
}

/** Where a rule has another strategy, what the former one was told does not matter any more. */
function withoutFormer(changes: readonly Change[]): Change[] {
  const former = changes.flatMap(({ path: [list, rule, key], before }) =>
    list === 'rules' && key === 'strategy' ? [`${rule} ${before}`] : [],
  )
  return changes.filter(
    ({ path: [list, rule, key] }) => list !== 'rules' || !former.includes(`${rule} ${key}`),
  )
}

function sayNew({ size, pool }: Policy, running: readonly Running[]): string {
  const taken = running.filter((one) => one.pool === pool).length
  const over = taken === 0 ? '' : `; takes over ${plural(taken, 'instance')} that ${verb(taken, 'run')}`
  return `new, ${size.min}..${size.max} on pool ${pool}${over}`
}

/** What becomes of instances that no policy speaks of any more. */
function sayLeft(running: readonly Running[], pool?: string): string {
  const left = running.filter((one) => pool === undefined || one.pool === pool).length
  if (left === 0) return ''
  const where = pool === undefined ? '' : ` on ${pool}`
  return `; its ${plural(left, 'instance')}${where} ${verb(left, 'are')} left running, neither scaled nor healed`
}

const verb = (amount: number, many: 'run' | 'are' | 'keep'): string =>
  amount === 1 ? { run: 'runs', are: 'is', keep: 'keeps' }[many] : many

/** Instances run what they were started with. A hash that stands for what runs says nothing beside that. */
function startedLines(changes: readonly Change[], { run }: Policy, running: readonly Running[]): string[] {
  const isOther = changes.some(({ path }) => path[1] === 'version')
  const told = changes.filter(({ path }) => path[1] !== 'version' || changes.length === 1)
  const former = running.filter(({ version }) => version !== run.version).length
  return told.map((change) => {
    const isShown = ['command', 'env'].includes(change.path[1] ?? '')
    const said = isShown ? `${sayKey(change.path)} changed` : sayChange(change)
    const isWhat = ['command', 'image', 'env', 'version'].includes(change.path[1] ?? '') && isOther
    const passed = isWhat ? former : running.length
    const rest = `${passed} ${verb(passed, isWhat ? 'run' : 'keep')} the former${isWhat ? ' version' : ''}`
    return `${said}: applies to new instances only${passed === 0 ? '' : `, ${rest}`}`
  })
}

function sayChange({ path, before, after }: Change): string {
  if (path.length === 2 && before === undefined && isEntry(path)) return `${sayKey(path)}: new`
  if (path.length === 2 && after === undefined && isEntry(path)) return `${sayKey(path)}: gone`
  return sayStep(path, before, after)
}

/** Of a list whose entries have names. */
const isEntry = ([list]: readonly string[]): boolean => list === 'rules' || list === 'schedule'

/** What was configured, without what is derived from it: of a strategy its name and its configuration. */
function plain(policy: Policy): unknown {
  const rules = policy.rules.map(({ strategy, ...rule }) => {
    const { type, config } = strategy
    return { ...rule, strategy: type, [type]: config }
  })
  return { ...policy, rules }
}
