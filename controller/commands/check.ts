import type { Policy } from '../decision/policy.ts'
import { describePool, describeWorkload } from '../policy/summary.ts'
import type { Configuration, Settings } from '../settings.ts'
import { type Context, command, configOption, exits } from './command.ts'
import { configuration, printProblems } from './configuration.ts'

type Loaded = Extract<Configuration, { kind: 'loaded' }>

export const check = command({
  name: 'check',
  summary: 'Tells everything that is wrong with the settings and policies, or else what they will do.',
  options: configOption,
  exits: { [exits.ok]: 'all is sound', [exits.failed]: 'there are problems', [exits.usage]: 'wrong usage' },
  run({ values }, context) {
    const outcome = configuration(values.config, context)
    if (outcome.kind === 'refused') {
      printProblems(outcome.problems, values.json, context, 'nothing would be loaded')
      return exits.failed
    }
    if (values.json === true) printJson(outcome.settings, outcome.policies, context)
    else printWords(outcome, context)
    return exits.ok
  },
})

function printWords({ settings: { pools }, policies, disabled }: Loaded, context: Context): void {
  const paragraphs = [
    ...policies.map(describeWorkload),
    ...disabled.map((workload) => [`${workload}: not enabled, so nothing is run by its policy`]),
    ...[...pools.values()].map(({ pool }) => describePool(pool, policies)),
  ]
  context.out(paragraphs.map((lines) => lines.join('\n  ')).join('\n\n'))
}

/** Environments hold secrets, and what this prints goes into tickets. */
function withoutSecrets(policy: Policy): Policy {
  const env = Object.fromEntries(Object.keys(policy.run.env).map((name) => [name, '[hidden]']))
  return { ...policy, run: { ...policy.run, env } }
}

/** The functions in policies and settings do not show in JSON, so what is left is what was configured, defaults included. */
function printJson({ pools, sources }: Settings, policies: readonly Policy[], context: Context): void {
  const summary = {
    ok: true,
    workloads: policies.map((policy) => ({ ...withoutSecrets(policy), summary: describeWorkload(policy) })),
    pools: [...pools.values()].map(({ pool }) => ({ ...pool, summary: describePool(pool, policies) })),
    sources: [...sources].map(([name, { type, interval }]) => ({ name, type, interval })),
  }
  context.out(JSON.stringify(summary, null, 2))
}
