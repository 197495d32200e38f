// The fake is the one that the tests judge the provider by: it comes with a checkout, which is what a demo runs from.
import { type FakeVm, type FakeYandex, startFakeYandex } from '../../test/support/yandex/fake.ts'
import type { ContainerRuntime } from '../../test/support/yandex/runtime.ts'
import type { CloudPace } from '../pace.ts'
import type { CloudCommand, CloudReady, CloudReport, CloudState } from './protocol.ts'

/** A fake cloud that serves. */
export interface Stand {
  ready: CloudReady
  state(): CloudState
  obey(command: CloudCommand): void
  /** Ends it with all its VMs. */
  close(): Promise<void>
}

/** How often it looks at its clock: nothing happens to its VMs between two looks. */
const PULSE = 50

/** `runtime`: what runs the containers of its VMs. */
export async function startStand(
  pace: CloudPace,
  runtime: ContainerRuntime,
  say: (report: CloudReport) => void,
): Promise<Stand> {
  const fake = await startFakeYandex({ ...weatherOf(pace), runtime, pulse: PULSE })
  const { endpoint, ca, keyFile, folder: folderId, subnets } = fake
  const happened = (text: string): void => say({ kind: 'happened', at: Date.now(), text })
  const acts: Record<CloudCommand, () => void> = {
    'close-zone': () => closeZone(fake, happened),
    preempt: () => preempt(fake, happened),
    tell: () => say(stateOf(fake)),
  }
  return {
    ready: { kind: 'ready', endpoint, ca, keyFile, folder: folderId, subnets },
    state: () => stateOf(fake),
    obey: (command) => acts[command](),
    close: fake.close,
  }
}

const weatherOf = ({ operation, boot }: CloudPace) => ({
  operationDelay: () => operation,
  bootDelay: () => boot,
  applyDelay: 200,
  listLag: 300,
})

function stateOf(fake: FakeYandex): CloudState {
  const vms = fake.vms().map(({ name, zone, status }) => ({ name, zone, status }))
  const { zoneCapacity } = fake.weather
  return {
    ...{
      kind: 'state',
      at: Date.now(),
      vms,
      zones: Object.keys(fake.subnets),
      closed: Object.keys(zoneCapacity),
    },
    ...{ ordered: fake.effects.filter(({ kind }) => kind === 'made').length, most: mostAtOnce(fake) },
    bill: fake.bill().map(({ name, from, until }) => ({ name, from, ...(until !== undefined && { until }) })),
  }
}

function mostAtOnce({ effects }: FakeYandex): number {
  let present = 0
  let most = 0
  for (const { kind } of effects) {
    if (kind === 'made') present++
    if (kind === 'deleted') present--
    most = Math.max(most, present)
  }
  return most
}

const isUp = ({ status }: FakeVm): boolean => status !== 'STOPPED' && status !== 'DELETING'

/** The zone with the fewest VMs is the one that the next would go to. */
function closeZone(fake: FakeYandex, happened: (text: string) => void): void {
  const vms = fake.vms().filter(isUp)
  const counts = Object.keys(fake.subnets).map((zone) => ({
    zone,
    count: vms.filter((vm) => vm.zone === zone).length,
  }))
  const [fewest] = counts.toSorted((a, b) => a.count - b.count || (a.zone < b.zone ? -1 : 1))
  if (fewest === undefined) return
  fake.weather.zoneCapacity = { [fewest.zone]: fewest.count }
  happened(`the cloud: zone ${fewest.zone} has no capacity any more`)
}

/** The VM that runs most goes, which is the worst that can happen. */
function preempt(fake: FakeYandex, happened: (text: string) => void): void {
  const running = fake.vms().filter(({ status }) => status === 'RUNNING')
  const [fullest] = running.toSorted((a, b) => b.containers.length - a.containers.length)
  if (fullest === undefined) return
  fake.preempt(fullest.name)
  happened(
    `the cloud: takes ${fullest.name} back (preemptible), with ${fullest.containers.length} containers on it`,
  )
}
