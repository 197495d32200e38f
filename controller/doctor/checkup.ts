import type { Controller } from '../commands/remote.ts'
import type { Policy } from '../decision/policy.ts'
import type { Outside } from '../outside.ts'
import { openSources } from '../parts.ts'
import type { Problem } from '../policy/problem.ts'
import { sayProblem } from '../policy/problem.ts'
import type { Settings } from '../settings.ts'
import { type Check, type ChecksDeps, makeChecks } from './checks.ts'
import { controllerChecks, placeChecks } from './checks-of-place.ts'
import { poolChecks } from './checks-of-pools.ts'
import { notifierChecks, ruleChecks, sourceChecks } from './checks-of-sources.ts'
import { groundOf } from './ground.ts'
import { presentIn, targetsOf } from './instances.ts'
import { judgeNode } from './judge/node.ts'
import { type Remark, remarksOn } from './remark.ts'

/** What a checkup is about. `problems`: of the policies, where they are not sound; then `policies` is empty. */
export interface Patient {
  settings: Settings
  policies: readonly Policy[]
  problems: readonly Problem[]
  controller: Controller
  nodeVersion: string
}

/** What is wrong with files, as remarks. */
export const problemRemarks = (about: string, problems: readonly Problem[]): Remark[] =>
  problems.map((problem) =>
    remarksOn(about).wrong(sayProblem(problem), 'correct that line; capuchin check tells when all is sound'),
  )

/**
 * Looks at everything that a controller of these settings needs, and changes nothing: of providers it holds the half that can only look.
 * Never rejects.
 */
export async function checkup(patient: Patient, outside: Outside, deps: ChecksDeps): Promise<Remark[]> {
  const { settings, policies, problems, controller, nodeVersion } = patient
  deps.progress(0, 0, ['the saved state and the controller'])
  const ground = await groundOf(settings, controller, outside)
  const state = ground.saved.kind === 'state' ? ground.saved.state : undefined
  const present = presentIn(ground.status, state)
  const sources = openSources(settings, outside, () => targetsOf(present))
  const common = { ...patient, ground, present, state, sources, outside }
  const checks: Check[] = [
    ...placeChecks(common),
    ...controllerChecks(common),
    ...sourceChecks(common),
    ...poolChecks(common),
    ...ruleChecks(common),
    ...notifierChecks(common),
  ]
  const found = await makeChecks(checks, deps)
  for (const source of sources.values()) await source.close()
  const files =
    problems.length > 0
      ? problemRemarks('policies', problems)
      : [
          remarksOn('policies').ok(
            policies.length === 0 ? 'there are none' : policies.map(({ workload }) => workload).join(', '),
          ),
        ]
  return [judgeNode(nodeVersion), remarksOn('settings').ok(settings.file), ...files, ...found]
}
