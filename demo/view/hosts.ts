import { legend, poolLines } from '../../controller/web/words.ts'
import { type Line, span } from './line.ts'
import { coloured } from './marks.ts'
import type { Scene } from './scene.ts'
import { zoneLines } from './zones.ts'

/** The slots of each host as `capuchin status` draws them; VMs of a cloud by their zones. */
export function hostLines(scene: Scene): Line[] {
  const pool = scene.status?.pools[0]
  if (scene.pace.cloud !== undefined) return zoneLines(pool, scene)
  if (pool === undefined) return [[span('hosts'.padEnd(14), 'bold'), span('not yet', 'dim')]]
  const [head = '', ...hosts] = poolLines(pool)
  return [[span(head, 'bold')], ...hosts.map(coloured), [span(`  ${legend}`, 'dim')]]
}
