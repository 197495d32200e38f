import type { ManifestInstance } from '../../../decision/fleet.ts'
import { isUnchanged } from '../../provider.ts'
import { isSameSystem, SYSTEM_GRACE, type SystemProcess, systemId } from '../system.ts'
import type { Kind } from './children.ts'
import type { Launchpad } from './launch.ts'
import { launchInstance } from './launch-instance.ts'
import { launchSystem } from './launch-system.ts'

export const instanceKind = (pad: Launchpad): Kind<ManifestInstance> => ({
  idOf: ({ id }) => id,
  graceOf: ({ run }) => run.drain.grace,
  isUnchanged,
  launch: (instance) => launchInstance(pad, instance),
})

export const systemKind = (pad: Launchpad): Kind<SystemProcess> => ({
  idOf: ({ name }) => systemId(name),
  graceOf: () => SYSTEM_GRACE,
  isUnchanged: isSameSystem,
  launch: (one) => launchSystem(pad, one),
})
