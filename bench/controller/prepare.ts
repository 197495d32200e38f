import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoreState } from '../../controller/decision/state.ts'
import { diskFiles } from '../../controller/files.ts'
import type { Published } from '../../controller/publishers/publisher.ts'
import { loadConfiguration, type Settings } from '../../controller/settings.ts'
import { formatSaved } from '../../controller/store/saved.ts'
import { addressOf, standingState } from './standing.ts'

/** Saves the state of a fleet that stands, as if its controller had run for long, so that nothing has to be ordered first. */
export async function saveStanding(config: string): Promise<{ settings: Settings; state: StoreState }> {
  const loaded = loadConfiguration(config, { files: diskFiles, machine: { cores: 2 } })
  if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems.slice(0, 3)))
  const { settings, policies } = loaded
  const pools = [...settings.pools.values()].map(({ pool }) => pool)
  const state = standingState({ pools, policies }, Date.now())
  await mkdir(settings.stateDir, { recursive: true })
  const text = formatSaved({ version: 1, epoch: 0, revision: 1, state })
  await writeFile(join(settings.stateDir, 'state.json'), text)
  return { settings, state }
}

/** Saves the state of such a fleet. Answers its instances as a controller publishes them. */
export async function prepareFleet(config: string): Promise<Published[]> {
  const { state } = await saveStanding(config)
  return Object.values(state.hosts).flatMap(({ name: host, index, pool, zone, entries }) =>
    entries.map(({ id, workload, port, run: { version } }) => {
      return {
        workload,
        instance: id,
        host,
        pool,
        zone,
        version,
        address: addressOf(index),
        port,
        state: 'ready',
      }
    }),
  )
}
