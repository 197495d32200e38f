import type { HostState, ListedHost } from '../../decision/fleet.ts'
import type { Stray } from '../../decision/headroom.ts'
import type { Listing } from '../provider.ts'
import type { Vm, VmStatus, YandexApi } from './api.ts'
import { type Machine, note } from './book.ts'
import { type Ground, withRemedy } from './ground.ts'
import { hostLabels, whose } from './labels.ts'
import { paidTimes } from './price.ts'
import { readManifests } from './reading.ts'
import type { YandexSettings } from './settings.ts'
import { EXPORTER_PORT } from './words.ts'

/** VMs that are being changed: each takes one of the operations that a folder may have under way. */
const movingStates: ReadonlySet<VmStatus> = new Set([
  'provisioning',
  'starting',
  'stopping',
  'restarting',
  'updating',
  'deleting',
])

/**
 * The VMs of the pool: those that the cloud lists, with those that it does not list yet, without those that it lists still. A VM is
 * never listed before its manifest was read. `tellsStrays`: of the pools in one folder one does.
 */
export async function listHosts(
  ground: Ground,
  api: YandexApi,
  tellsStrays: boolean,
  signal: AbortSignal,
): Promise<Listing> {
  const { book, settings, deps, pool } = ground
  const listed = await api.list(settings.template.folder, signal)
  if (listed.kind === 'failed')
    return {
      kind: 'failed',
      detail: listed.code === 'auth' ? withRemedy(listed.detail) : explain(ground, listed),
    }
  const vms = listed.value.filter(({ id }) => !book.gone.has(id))
  forgetBirths(ground)
  book.moving = new Set(vms.filter(({ status }) => movingStates.has(status)).map(({ id }) => id))
  const own = vms.filter((vm) => whose(vm, pool.name, deps) === 'own')
  const doubted = own.filter((vm) => isDoubted(book.machines.get(vm.id), vm)).slice(0, DOUBTED_MOST)
  for (const vm of own) if (!doubted.includes(vm)) note(book, vm)
  const outcome = await readManifests(ground, api, { all: new Set(own.map(({ id }) => id)), doubted }, signal)
  if (outcome.kind === 'failed') return outcome
  const hosts = [...book.machines.values()].map((machine) => listedOf(machine, settings))
  const strays = tellsStrays ? straysIn(ground, vms) : []
  return { kind: 'hosts', hosts, ...(strays.length > 0 && { strays }) }
}

/** Of so many VMs with each listing a change of state is looked at; more at once are believed. */
const DOUBTED_MOST = 64

/** A listing that lags shows what a VM was before it was told to start, or was made: only the VM itself can tell. */
const isDoubted = (known: Machine | undefined, { status }: Vm): boolean =>
  known !== undefined && known.vm.status !== status

/** An order whose answer was lost so long ago came to nothing, or is listed by now. */
function forgetBirths({ book, deps }: Ground): void {
  for (const [name, { since, vm }] of book.births)
    if (vm === undefined && deps.now() - since >= BIRTHS_KEPT) book.births.delete(name)
}

const BIRTHS_KEPT = 3_600_000

function explain({ settings }: Ground, { code, detail }: { code: string; detail: string }): string {
  return code === 'not-found' ? `${detail}: check template.folder (${settings.template.folder})` : detail
}

function straysIn({ pool, deps }: Ground, vms: readonly Vm[]): Stray[] {
  return vms.flatMap((vm) => {
    if (whose(vm, pool.name, deps) !== 'lost') return []
    const named = hostLabels(vm)['pool']
    const why = named === undefined ? 'no label names its pool' : `there is no pool ${named}`
    return [{ name: vm.name, why }]
  })
}

const states: Readonly<Record<VmStatus, HostState>> = {
  provisioning: 'booting',
  starting: 'booting',
  restarting: 'booting',
  running: 'running',
  updating: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  crashed: 'stopped',
  error: 'failed',
  deleting: 'deleting',
  // Whatever that is, nothing can be counted on.
  unknown: 'booting',
}

function listedOf(machine: Machine, settings: YandexSettings): ListedHost {
  const { vm, manifest, drift, deletion } = machine
  const { name, zone } = vm
  const state = deletion === undefined ? states[vm.status] : 'deleting'
  const isUp = state === 'running'
  const address = settings.template.address === 'nat' ? vm.natAddress : vm.address
  return {
    ...{ name, zone, state, labels: hostLabels(vm) },
    ...(isUp && address !== undefined && { address }),
    ...(isUp &&
      address !== undefined &&
      settings.nodeExporter !== false && { exporter: `${address}:${EXPORTER_PORT}` }),
    ...(manifest !== undefined && { manifest }),
    ...(drift !== undefined && { drift }),
    ...paidTimes(machine),
  }
}
