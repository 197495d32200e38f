import { setImmediate as turn } from 'node:timers/promises'
import { labelsOf, manifestOf } from '../../controller/decision/told.ts'
import { outsideOf } from '../../controller/outside.ts'
import { openProviders } from '../../controller/parts.ts'
import type { Provider } from '../../controller/providers/provider.ts'
import type { Settings } from '../../controller/settings.ts'
import { startFakeYandex } from '../../test/support/yandex/fake.ts'
import { contextIn } from '../controller/context.ts'
import { saveStanding } from '../controller/prepare.ts'
import { writeFiles } from './files.ts'

/**
 * The cloud of the bench, in a process of its own: a fake one in which VMs run already, all of their slots filled, as a saved state says.
 * Arguments: folder, VMs, workloads, port of the controller. Says where the settings are, and goes on until it is told to stop.
 */
const [folder = '', vms = '1', workloads = '1', port = '0'] = process.argv.slice(2)
const MANY = 1e9

const fake = await startFakeYandex({
  quotas: { instances: MANY, cores: MANY, memory: Number.MAX_SAFE_INTEGER, disks: MANY },
  operationLimit: MANY,
})
const config = await writeFiles(folder, {
  place: fake,
  port: Number(port),
  workloads: Number(workloads),
  vms: Number(vms),
})
await fill(config)
process.stdout.write(`${JSON.stringify({ config, vms: fake.vms().length })}\n`)
await new Promise((resolve) => process.once('SIGTERM', resolve))
await fake.close()

/** Orders all VMs of the saved state, as the provider does it. */
async function fill(path: string): Promise<void> {
  const { settings, state } = await saveStanding(path)
  const provider = hasty(settings)
  if (provider === undefined) throw new Error('no pool')
  const waiting = Object.values(state.hosts)
  const order = async (): Promise<void> => {
    for (let record = waiting.pop(); record !== undefined; record = waiting.pop()) {
      const { name, zone } = record
      const labels = labelsOf(record, settings.name, 1)
      const patience = AbortSignal.timeout(60_000)
      const outcome = await provider.createHost({ name, zone, labels }, manifestOf(record, 1), patience)
      if (outcome.kind !== 'done') throw new Error(`${name}: ${JSON.stringify(outcome)}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, order))
}

/** The provider of the pool, which waits for nothing: this cloud is quick. */
function hasty(settings: Settings): Provider | undefined {
  const outside = outsideOf(contextIn(settings.folder))
  const pause = (): Promise<void> => turn()
  const silent = { info: () => {}, warn: () => {} }
  return openProviders(settings, { ...outside, pause }, silent).get('cloud')
}
