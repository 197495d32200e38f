import type { ManifestInstance } from '../decision/fleet.ts'
import type { ProbeTargetOf } from '../loop/deps.ts'
import { type ActDeps, type Called, called } from './call.ts'
import { ill, type Result, well } from './stage.ts'
import { manifestOf, type Trial } from './trial.ts'
import { until } from './waiting.ts'

const SILENT_WITHIN = 120_000

/** Puts the instance into the host's manifest and waits until its probe answers. */
export async function fill(trial: Trial, address: string, deps: ActDeps): Promise<Result> {
  const { instance } = trial
  const { startWithin } = instance.run.probe
  const target = targetOf(trial, address)
  const url = urlOf(target)
  const before = await deps.probe(target)
  if (before.kind === 'ready')
    return ill(
      `${url} answers before anything was started there`,
      'find out who answers, or take another --port',
    )
  const [told, update] = await timed(deps, () => tell(2, [instance], trial, deps))
  if (!told.ok) return told
  let last = 'nothing was heard'
  async function look(): Promise<Result | undefined> {
    const result = await deps.probe(target)
    if (result.kind === 'ready') return well(`${url} answers 200; the update itself took ${update}`)
    last = result.detail
    return undefined
  }
  const late = () =>
    ill(
      `${url} does not answer 200 within ${startWithin / 1000} s (${last}); the update itself took ${update}`,
      sayUnreachable(trial, address),
    )
  return await until({ look, within: startWithin, late, stopped: deps.stopped }, deps)
}

const tell = (
  revision: number,
  instances: readonly ManifestInstance[],
  trial: Trial,
  deps: ActDeps,
): Promise<Called> =>
  called(
    (signal) => deps.provider.setManifest(trial.host, manifestOf(revision, instances), signal),
    trial,
    deps,
  )

async function timed<T>({ elapsed }: ActDeps, act: () => Promise<T>): Promise<[T, string]> {
  const began = elapsed()
  const result = await act()
  return [result, seconds(elapsed() - began)]
}

const targetOf = ({ instance }: Trial, address: string): ProbeTargetOf => ({
  ...{ id: instance.id, address, port: instance.port, probe: instance.run.probe },
})

const urlOf = ({ address, port, probe: { target } }: ProbeTargetOf): string =>
  `http://${address}:${port}${target.kind === 'http' ? target.path : ''}`

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const sayUnreachable = ({ instance, pool }: Trial, address: string): string =>
  `see whether this machine reaches ${address} (security groups, or pools.${pool.name}.template.address: nat), ` +
  `whether the VM can fetch ${instance.run.image} (a way to the internet, or the roles of its service account), ` +
  'and whether --port and --probe are those of the image'

/** Takes the instance out of the manifest and waits until nobody answers any more. */
export async function empty(trial: Trial, address: string, deps: ActDeps): Promise<Result> {
  const target = targetOf(trial, address)
  const [told, update] = await timed(deps, () => tell(3, [], trial, deps))
  if (!told.ok) return told
  let unreadySince: number | undefined
  let lastSign = deps.elapsed()
  async function look(): Promise<Result | undefined> {
    const { kind } = await deps.probe(target)
    if (kind === 'silent')
      return well(
        `nobody answers any more; the update itself took ${update}; ${sayGrace(unreadySince, lastSign)}`,
      )
    lastSign = deps.elapsed()
    if (kind === 'unready') unreadySince ??= lastSign
    return undefined
  }
  const late = () =>
    ill(
      `${urlOf(target)} still answers ${SILENT_WITHIN / 1000} s after the update, which itself took ${update}`,
      'see on the VM whether its daemon follows the metadata: like this the pool could not free a slot',
    )
  return await until({ look, within: SILENT_WITHIN, late, stopped: deps.stopped }, deps)
}

/** A service that says 503 between SIGTERM and its end shows that it was given time; one that just ends does not show it. */
function sayGrace(unreadySince: number | undefined, lastSign: number): string {
  if (unreadySince === undefined)
    return 'whether it was given its grace time cannot be seen, as it never said that it was not ready'
  return `it had at least ${seconds(lastSign - unreadySince)} between SIGTERM and its end, in which it said that it was not ready`
}
