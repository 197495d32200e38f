import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { ManifestInstance } from '../../../decision/fleet.ts'
import type { Variable } from '../../../policy/variables.ts'
import { ADDRESS } from '../list.ts'
import { isListenedOn } from '../proc.ts'
import { type Launchpad, launch } from './launch.ts'

/**
 * Starts the command of an instance. Throws when it cannot be started, and when somebody else listens on its port: whoever asks there
 * would take that one for the instance.
 */
export function launchInstance(pad: Launchpad, instance: ManifestInstance): ChildProcess {
  const { id, workload, port, token, run } = instance
  if (isListenedOn(port))
    throw new Error(`port ${port} is in use by another process: stop that one, or move portBase`)
  const data = join(pad.order.dataDir, workload, id)
  const given = { CAPUCHIN_DRAIN_TOKEN: token, CAPUCHIN_WORKLOAD: workload, PORT: String(port) }
  const { command = [], env } = run
  return launch(pad, { id, command, env, values: valuesOf(pad, instance, data), folders: { data }, given })
}

function valuesOf(
  { order }: Launchpad,
  { id, port, slots }: ManifestInstance,
  data: string,
): Record<Variable, string> {
  const { name: host, zone } = order
  return { port: String(port), data, id, host, zone, slot: String(slots[0] ?? 0), address: ADDRESS }
}
