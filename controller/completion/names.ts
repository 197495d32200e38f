import { askFor, hasKey } from '../commands/asking.ts'
import type { Context } from '../commands/command.ts'
import { configuration } from '../commands/configuration.ts'
import { type Which, type WhichValues, whichController } from '../commands/remote.ts'
import { inForce } from '../decision/overrides.ts'
import type { StoreState } from '../decision/state.ts'
import { outsideOf } from '../outside.ts'
import { describe } from '../overrides/outlook.ts'
import { savedState } from '../saved.ts'
import type { Settings } from '../settings.ts'
import type { Status } from '../web/status.ts'
import type { Candidate, NameKind } from './wanted.ts'

/** How long a controller is waited for (ms) by somebody who has pressed a key. */
const PATIENCE = 300

/** The names of some kinds: from the controller that runs, else from what it has saved and from the files. Never throws. */
export async function namesOf(
  kinds: readonly NameKind[],
  values: WhichValues,
  context: Context,
): Promise<Candidate[]> {
  try {
    const which = await whichController(values, context)
    if (which.kind === 'wrong' || which.kind === 'refused') return []
    const said = await askFor<Status>(which.controller, '/api/v1/status', hasKey('workloads'), PATIENCE)
    if (said.kind === 'answer') {
      const { value } = said
      return kinds.flatMap((kind) => fromStatus(kind, value, which, context.now()))
    }
    if (which.kind === 'remote') return []
    return await fromHere(kinds, which.settings, values.config, context)
  } catch {
    return []
  }
}

async function fromHere(
  kinds: readonly NameKind[],
  settings: Settings,
  config: string,
  context: Context,
): Promise<Candidate[]> {
  const saved = await savedState(settings, outsideOf(context))
  const state = saved.kind === 'state' ? saved.state : undefined
  return kinds.flatMap((kind) => fromFiles(kind, settings, state, config, context))
}

function fromStatus(
  kind: NameKind,
  { workloads, pools, overrides }: Status,
  which: Which,
  now: number,
): Candidate[] {
  switch (kind) {
    case 'workload':
      return workloads.map(({ workload, granted, min, max }) => ({
        text: workload,
        about: `size ${granted} of ${min}..${max}`,
      }))
    case 'pool':
      return pools.map(({ pool, slots }) => ({
        text: pool,
        about: `${slots.used} of ${slots.total} slots used`,
      }))
    case 'host':
      return pools.flatMap(({ hosts }) =>
        hosts.map(({ host, zone, state }) => ({ text: host, about: `host in zone ${zone}, ${state}` })),
      )
    case 'instance':
      return pools.flatMap(({ hosts }) =>
        hosts.flatMap(({ host, slots }) =>
          slots.flatMap((slot) =>
            slot.state === 'free' ? [] : [{ text: slot.instance, about: `${slot.state} on ${host}` }],
          ),
        ),
      )
    case 'override':
      return overrides.map((one) => ({ text: one.id, about: describe(one, now) }))
    case 'zone':
      return which.kind === 'local' ? zonesIn(which.settings) : []
  }
}

function fromFiles(
  kind: NameKind,
  settings: Settings,
  state: StoreState | undefined,
  config: string,
  context: Context,
): Candidate[] {
  const hosts = Object.values(state?.hosts ?? {})
  switch (kind) {
    case 'workload': {
      const whole = configuration(config, context)
      const named = whole.kind === 'loaded' ? whole.policies.map(({ workload }) => workload) : []
      return (named.length > 0 ? named : Object.keys(state?.workloads ?? {})).map((text) => ({ text }))
    }
    case 'pool':
      return [...settings.pools.keys()].map((text) => ({ text }))
    case 'host':
      return hosts.map(({ name, zone }) => ({ text: name, about: `host in zone ${zone}` }))
    case 'instance':
      return hosts.flatMap(({ name, entries }) =>
        entries.map(({ id }) => ({ text: id, about: `on ${name}` })),
      )
    case 'override': {
      const now = context.now()
      return inForce(state?.overrides ?? {}, now).map((one) => ({ text: one.id, about: describe(one, now) }))
    }
    case 'zone':
      return zonesIn(settings)
  }
}

const zonesIn = ({ pools }: Settings): Candidate[] =>
  [...new Set([...pools.values()].flatMap(({ pool }) => pool.zones))].map((text) => ({ text }))
