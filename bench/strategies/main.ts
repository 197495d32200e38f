import type { Policy } from '../../controller/decision/policy.ts'
import { diskFiles } from '../../controller/files.ts'
import { loadPolicies } from '../../controller/policy/load.ts'
import type { World } from '../../controller/policy/world.ts'
import { traces } from './traces.ts'
import { type Outcome, pool, run } from './trial.ts'

// `npm run bench:strategies`: the two forms of the ingest policy that the repository comes with, on the same loads.

const world: World = {
  sources: new Map([['main', { interval: 15_000, faults: () => [] }]]),
  pools: new Map([['local', { pool, runs: ['command'] }]]),
  calendar: { read: () => ({ kind: 'broken', part: 'cron', detail: 'no calendar' }), zones: () => [] },
}

function policyIn(folder: string): Policy {
  const outcome = loadPolicies(folder, world, diskFiles)
  if (outcome.kind === 'refused') throw new Error(JSON.stringify(outcome.problems))
  const [policy] = outcome.policies
  if (policy === undefined) throw new Error(`no policy in ${folder}`)
  return policy
}

const forms = { band: policyIn('policies'), target: policyIn('policies/samples') }

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function row(trace: string, form: string, { late, hours, hostHours, changes, least }: Outcome): string {
  const share = `${(late * 100).toFixed(2)} %`
  return line([
    trace,
    form,
    share,
    hours.toFixed(1),
    (hours / least).toFixed(2),
    hostHours.toFixed(1),
    `${changes}`,
  ])
}

console.log(line(['load', 'form', 'late', 'instance-hours', 'of the least', 'host-hours', 'changes of size']))
console.log(line(['---', '---', '---', '---', '---', '---', '---']))
for (const trace of traces) {
  for (const [form, policy] of Object.entries(forms))
    console.log(row(trace.name, form, await run(policy, trace)))
}
