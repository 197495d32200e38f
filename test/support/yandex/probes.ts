import { Instance_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import type { Health } from '../../../controller/decision/fleet.ts'
import type { Daemon } from './daemon.ts'
import type { Container } from './runtime.ts'
import { instanceOf, mute } from './virtual-runtime.ts'
import type { Vm } from './vm.ts'

/** A container as somebody on the VM would see it. */
export interface FakeContainer {
  service: string
  /** By its label, or else the service. */
  instance: string
  image: string
  command: readonly string[] | undefined
  environment: Readonly<Record<string, string>>
  health: Health['kind']
}

/** Instances are named by the label `capuchin.instance` of their service, or else by the service. */
export interface Probes {
  /** What a probe finds; unknown where there is nothing to probe. */
  health(instance: string): Health
  askDrain(instance: string): { kind: 'asked' } | { kind: 'failed'; detail: string }
  /** It ends by itself, and is started again after so many ms; by default it is not. */
  crashInstance(instance: string, restartAfter?: number): void
  /** It exists and does not answer any more. */
  hangInstance(instance: string): void
  /** Its /ready answers 503 from now on. */
  stallInstance(instance: string): void
  /** Ends a hang or a stall. */
  recoverInstance(instance: string): void
  /** Instances that have a process, on all VMs. */
  alive(): string[]
}

export function probes(daemon: Daemon, existing: () => Iterable<Vm>, now: () => number): Probes {
  const health: Probes['health'] = (instance) => {
    const at = now()
    const found = daemon.find(instance)
    return found === undefined ? { kind: 'unknown' } : healthOn(found.vm, found.container, at)
  }

  const askDrain: Probes['askDrain'] = (instance) => {
    const state = health(instance)
    if (state.kind === 'unknown') return { kind: 'failed', detail: 'no address yet' }
    if (state.kind === 'silent') return { kind: 'failed', detail: state.detail }
    daemon.find(instance)?.container.askDrain(now())
    return { kind: 'asked' }
  }

  const to = (instance: string, act: (container: Container, at: number) => void) => {
    const at = now()
    const found = daemon.find(instance)
    if (found !== undefined) act(found.container, at)
  }

  const alive = () => {
    const at = now()
    const ids = new Set<string>()
    for (const vm of existing())
      for (const one of vm.guest.containers) if (one.livesAt(at)) ids.add(instanceOf(one.service))
    return [...ids]
  }

  return {
    health,
    askDrain,
    crashInstance: (instance, restartAfter = Number.POSITIVE_INFINITY) =>
      to(instance, (container, at) => container.crash(at, at + restartAfter)),
    hangInstance: (instance) => to(instance, (container, at) => container.hang(at)),
    stallInstance: (instance) => to(instance, (container, at) => container.stall(at)),
    recoverInstance: (instance) => to(instance, (container) => container.recover()),
    alive,
  }
}

const ANSWERING: readonly Instance_Status[] = [
  Instance_Status.RUNNING,
  Instance_Status.UPDATING,
  Instance_Status.STOPPING,
  Instance_Status.DELETING,
]

function healthOn(vm: Vm, container: Container, at: number): Health {
  const { hungAt } = vm.guest
  if (hungAt !== undefined) return mute(hungAt)
  if (vm.goneAt !== undefined) return mute(vm.goneAt)
  if (ANSWERING.includes(vm.instance.status)) return container.healthAt(at)
  return mute(vm.versions.at(-1)?.at ?? at)
}

export const containersAt = ({ guest }: Vm, at: number): FakeContainer[] =>
  guest.containers
    .filter((container) => container.livesAt(at))
    .map((container) => ({
      service: container.service.name,
      instance: instanceOf(container.service),
      image: container.service.image,
      command: container.service.command,
      environment: container.service.environment,
      health: container.healthAt(at).kind,
    }))
