import { join } from 'node:path'
import type { Policy, Rule } from '../decision/policy.ts'
import { sayDuration } from '../policy/duration.ts'
import { selectorsOf } from '../sources/selectors.ts'
import type { SourceDeps } from '../sources/source.ts'
import type { Check } from './checks.ts'
import type { Bench } from './checks-of-place.ts'
import { askRule } from './facts/rule.ts'
import { askAnything, endpointOf, spacingOf, upOf } from './facts/source.ts'
import { recordOf, targetsOf } from './instances.ts'
import { judgeNotifier } from './judge/notifier.ts'
import { judgeRule } from './judge/rule.ts'
import { judgeScraped, judgeSource } from './judge/source.ts'
import { type Remark, remarksOn } from './remark.ts'

/** Longer than a source may take by itself. */
const SOURCE = 15_000
const RULE = 20_000

function depsOf({ settings, outside, present }: Bench): SourceDeps {
  const { now, random, files } = outside
  const readFile = (path: string): string => files.read(join(settings.folder, path))
  return { now, random, fetch, readFile, targets: () => targetsOf(present) }
}

/** Servers of metrics: whether they answer, how fast, by which clock, and whether they scrape what is there. */
export function sourceChecks(bench: Bench): Check[] {
  const { settings, present, ground } = bench
  const deps = depsOf(bench)
  return [...settings.sources].flatMap(([name, setting]): Check[] => {
    const endpoint = endpointOf(setting)
    const about = `source ${name}`
    const { ok } = remarksOn(about)
    if (endpoint === undefined)
      return [
        {
          about,
          within: SOURCE,
          look: async () => [
            ok(
              `type ${setting.type}, each ${sayDuration(setting.interval)}: its rules show whether it sees something`,
            ),
          ],
        },
      ]
    const { timeout, interval, url, type } = endpoint
    const ready = present.filter((one) => one.ready)
    const look = async (signal: AbortSignal): Promise<Remark[]> => {
      const answer = await askAnything(endpoint, deps, signal)
      const judged = judgeSource({ name, where: `${type} at ${url}`, timeout, interval, answer })
      if (type !== 'prometheus' || answer.kind === 'fault' || ground.status === undefined) return judged
      const up = await upOf(
        endpoint,
        ready.flatMap(({ names }) => names),
        deps,
        signal,
      )
      if (up === undefined) return judged
      return [
        ...judged,
        ...judgeScraped({ name, ready, up, list: join(settings.publish.dir, 'instances.json') }),
      ]
    }
    return [{ about, within: SOURCE, look }]
  })
}

/** Every rule of every policy, asked now over its window. */
export const ruleChecks = (bench: Bench): Check[] =>
  bench.policies.flatMap((policy) =>
    policy.rules.map((rule) => ({
      about: `rule ${policy.workload}/${rule.name}`,
      within: RULE,
      look: (signal) => lookAtRule(policy, rule, bench, signal),
    })),
  )

async function lookAtRule(policy: Policy, rule: Rule, bench: Bench, signal: AbortSignal): Promise<Remark[]> {
  const { settings, sources, present, ground, state, outside } = bench
  const { workload } = policy
  const now = outside.now()
  const setting = settings.sources.get(rule.query?.source ?? '')
  const endpoint = setting && endpointOf(setting)
  const told = toldOf(workload, rule, bench)
  // What a source has seen by itself, only the controller remembers that has had it look all the time.
  if (endpoint === undefined && rule.query !== undefined && setting?.type !== 'scripted') {
    if (told !== undefined) return judgeRule({ workload, rule, ...told, isTold: true })
    const { warning } = remarksOn(`rule ${workload}/${rule.name}`)
    return [
      warning(
        'its source remembers only while a controller runs, and none that decides on it does',
        'start the controller, wait for the window of the rule, and run this again',
      ),
    ]
  }
  const pool = settings.pools.get(policy.pool)?.pool
  if (pool === undefined) return []
  const mine = present.filter((one) => one.workload === workload)
  const ready = mine.filter((one) => one.ready).map(({ names }) => names)
  const record = recordOf(policy, ground.status, state, mine)
  const facts = await askRule(
    { policy, pool, rule, sources, ready, counted: mine.length, record, now },
    signal,
  )
  const spacing = await spacingIn(rule, bench, signal)
  // Who was ready when, only the controller knows: what looks partial to us may be all that there was to be seen.
  const isWhole = facts.numbers.reading === 'partial' && told?.numbers.reading === 'whole'
  if (isWhole)
    return judgeRule({ workload, rule, ...told, isTold: true, ...(spacing !== undefined && { spacing }) })
  return judgeRule({ ...facts, ...(spacing !== undefined && { spacing }) })
}

/** The numbers of the controller's last tick, held against the time of that tick. */
function toldOf(workload: string, { name }: Rule, { ground }: Bench) {
  const decision = ground.status?.workloads.find((one) => one.workload === workload)
  const numbers = decision?.rules.find((one) => one.name === name)
  return decision === undefined || numbers === undefined ? undefined : { numbers, now: decision.at }
}

/** Of the first selector of its query, where a Prometheus is asked. */
async function spacingIn(rule: Rule, bench: Bench, signal: AbortSignal): Promise<number | undefined> {
  const setting = bench.settings.sources.get(rule.query?.source ?? '')
  const endpoint = setting && endpointOf(setting)
  if (endpoint?.type !== 'prometheus' || rule.query === undefined) return undefined
  const { text, interval } = rule.query
  const [selector] = selectorsOf(text)
  if (selector === undefined || selector.modifiers !== '') return undefined
  return await spacingOf(endpoint, selector, interval, depsOf(bench), signal)
}

const NOTIFIER = 15_000

/** Whether those who are to be told of alarms can be. Nobody is told anything. */
export function notifierChecks({ settings, outside }: Bench): Check[] {
  const { now, files } = outside
  const readFile = (path: string): string => files.read(join(settings.folder, path))
  return [...settings.notify].map(([name, setting]) => ({
    about: `notifier ${name}`,
    within: NOTIFIER,
    look: async (signal) => {
      const notifier = setting.open({ now, readFile })
      const sent = await notifier.check(signal)
      notifier.close()
      return [judgeNotifier(name, sent)]
    },
  }))
}
