import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { folderOf, indexOf } from '../layout.ts'
import { type SystemProcess, systemId, type systemVariables } from '../system.ts'
import { type Launchpad, launch } from './launch.ts'

/** Starts a process that runs beside the instances. Throws when it cannot be started. */
export function launchSystem(pad: Launchpad, { name, command, env }: SystemProcess): ChildProcess {
  const { order } = pad
  const folder = folderOf(order)
  const data = join(folder, name)
  const values: Record<(typeof systemVariables)[number], string> = {
    ...{ host: order.name, zone: order.zone, index: indexOf(order), data, folder },
  }
  const given = { CAPUCHIN_SYSTEM: name }
  return launch(pad, { id: systemId(name), command, env, values, folders: { data, folder }, given })
}
