import { Instance_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import { between, pick, seeded } from '../random.ts'
import { type Cloud, cloud as newCloud } from './cloud.ts'
import { type Hands, hands } from './hands.ts'
import { FOLDER, ZONES } from './ids.ts'
import { Refused } from './refused.ts'
import { orderOf } from './some-calls.ts'
import { virtualRuntime } from './virtual-runtime.ts'
import type { Vm } from './vm.ts'
import { CODE, fairWeather, type Weather } from './weather.ts'

const STEPS = 120
const SECOND = 1000

/** Lets chance do with a cloud what can be done with it, without a server. Answers what of it does not fit together. */
export function tellCloud(seed: number): string[] {
  const random = seeded(seed)
  const weather = someWeather(random)
  let now = 1_000_000
  const runtime = virtualRuntime(() => weather)
  const cloud = newCloud({ random, weather: () => weather, runtime })
  const clock = () => {
    cloud.agenda.catchUp(now)
    return now
  }
  const people = hands(cloud, clock)
  const found = new Set<string>()
  for (let step = 0; step < STEPS; step++) {
    now += between(random, 0, 30) * SECOND
    clock()
    try {
      act(random, cloud, people, now)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
    for (const flaw of flawsOf(cloud, weather, now)) found.add(`step ${step}: ${flaw}`)
  }
  return [...found]
}

const someWeather = (random: () => number): Weather => ({
  ...fairWeather,
  operationDelay: () => between(random, 0, 60) * SECOND,
  operationFails: () => (random() < 0.2 ? { code: CODE.internal, message: 'Internal error' } : undefined),
  rollbackTime: between(random, 0, 30) * SECOND,
  bootDelay: () => between(random, 0, 30) * SECOND,
  quotas: { ...fairWeather.quotas, instances: 6 },
  zoneCapacity: { 'ru-central1-a': 2 },
  operationLimit: 4,
  preemptAfter: 5 * 60 * SECOND,
})

const ZONE_NAMES = ['ru-central1-a', 'ru-central1-b', 'ru-central1-d'] as const

function act(random: () => number, cloud: Cloud, people: Hands, at: number): void {
  const name = `vm-${between(random, 1, 8)}`
  const vm = cloud.vms.named(FOLDER, name)
  if (vm === undefined) {
    const zone = pick(random, ZONE_NAMES)
    const order = orderOf(name, { zone, schedulingPolicy: { preemptible: random() < 0.5 } })
    cloud.order(order, at, 'us')
    return
  }
  const free = () => cloud.operations.mayBegin(vm, FOLDER)
  pick<() => void>(random, [
    () => people.stopByHand(name),
    () => people.startByHand(name),
    () => people.preempt(name),
    () => people.crash(name, between(random, 1, 100) * SECOND),
    () => (random() < 0.3 ? people.vanish(name) : people.hang(name)),
    () => people.setMetadata(name, 'docker-compose', 'services: { a: { image: x } }'),
    () => people.recover(name),
    () => {
      free()
      if (vm.instance.status === RUNNING) cloud.life.restart(vm, at, 'us')
    },
    () => {
      const [operation] = vm.operations
      if (operation !== undefined) cloud.operations.cancel(operation, at)
    },
    () => {
      free()
      cloud.life.remove(vm, at, 'us')
    },
    () => {
      free()
      cloud.life.setMetadata(vm, (metadata) => metadata, at, 'us')
    },
  ])()
}

function flawsOf(cloud: Cloud, { quotas }: Weather, at: number): string[] {
  const vms = [...cloud.vms.existing()]
  const flaws = vms.flatMap((vm) => flawsOfVm(vm))
  if (vms.length > quotas.instances) flaws.push('more VMs than the quota has')
  const busy = vms.filter(({ busy }) => busy !== undefined).length
  if (busy !== cloud.operations.inFlight(FOLDER))
    flaws.push(`${busy} VMs are busy, the folder says otherwise`)
  const listed = cloud.vms.listedAt(FOLDER, at, at).map(({ id }) => id)
  const there = vms.map(({ id }) => id).sort()
  if (JSON.stringify(listed) !== JSON.stringify(there)) flaws.push('the listing is not what is there')
  for (const { name, from, until } of cloud.bill())
    if (until !== undefined && until < from) flaws.push(`${name} is paid backwards`)
  return flaws
}

const { PROVISIONING, RUNNING, STOPPED } = Instance_Status
const OFF: readonly Instance_Status[] = [PROVISIONING, STOPPED]

function flawsOfVm({ instance, paid, busy, operations, guest }: Vm): string[] {
  const { name, status } = instance
  const flaws: string[] = []
  const isPaid = paid.length > 0 && paid.at(-1)?.until === undefined
  if (isPaid && OFF.includes(status)) flaws.push(`${name} is paid for with status ${status}`)
  if (status === RUNNING && !isPaid) flaws.push(`${name} runs and is not paid for`)
  if (paid.slice(0, -1).some(({ until }) => until === undefined)) flaws.push(`${name} is paid for twice`)
  if (busy?.done === true) flaws.push(`${name} is busy with what is done`)
  const open = operations.filter(({ done }) => !done)
  if (open.length > (busy === undefined ? 0 : 1)) flaws.push(`${name} has ${open.length} operations`)
  if (guest.upSince !== undefined && OFF.includes(status)) flaws.push(`${name} is up with status ${status}`)
  if (!ZONES.includes(instance.zoneId)) flaws.push(`${name} is nowhere`)
  return flaws
}
