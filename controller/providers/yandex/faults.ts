import type { Fault } from '../../policy/problem.ts'
import type { PoolFacts } from '../provider.ts'
import type { YandexSettings } from './settings.ts'
import { EXPORTER_PORT } from './words.ts'

/** The cloud's limit for names of VMs. */
const NAME_MOST = 63
/** More orders than any pool sees. */
const DIGITS = 9

/** What `check` says of a pool and its template together. */
export function faults(settings: YandexSettings, pool: PoolFacts): Fault[] {
  return [...nameFaults(pool), ...zoneFaults(settings, pool), ...portFaults(settings, pool)]
}

function nameFaults({ controller, name }: PoolFacts): Fault[] {
  const room = NAME_MOST - DIGITS - 2
  if (controller.length + name.length <= room) return []
  const message = `names of VMs are <controller>-<pool>-<number> and have at most ${NAME_MOST} characters: ${controller} and ${name} may have ${room} together`
  return [{ path: [], message }]
}

function zoneFaults({ template }: YandexSettings, { zones = [] }: PoolFacts): Fault[] {
  const known = Object.keys(template.subnets)
  return zones.flatMap((zone, at) =>
    known.includes(zone)
      ? []
      : [
          {
            path: ['zones', at],
            message: `${zone} has no subnet: template.subnets names ${known.join(', ')}`,
          },
        ],
  )
}

/** All containers of a VM share its network, so each port has one user. */
function portFaults({ system, nodeExporter }: YandexSettings, { portBase, slots }: PoolFacts): Fault[] {
  const found: Fault[] = []
  const taken = new Map<number, string>()
  if (nodeExporter !== false) taken.set(EXPORTER_PORT, 'the node exporter')
  const clash = [...taken.keys()].find((port) => port >= portBase && port < portBase + slots)
  if (clash !== undefined)
    found.push({ path: ['portBase'], message: `port ${clash} of a slot is that of ${taken.get(clash)}` })
  for (const [at, { name, port }] of system.entries()) {
    if (name === 'node-exporter' && nodeExporter !== false)
      found.push({
        path: ['system', at, 'name'],
        message: 'is there already: set nodeExporter: false for one of your own',
      })
    if (port === undefined) continue
    const slot = port >= portBase && port < portBase + slots ? 'a slot' : undefined
    const user = taken.get(port) ?? slot
    if (user !== undefined)
      found.push({ path: ['system', at, 'port'], message: `${port} is the port of ${user}` })
    taken.set(port, name)
  }
  return found
}
