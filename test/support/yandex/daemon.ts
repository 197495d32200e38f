import type { Agenda } from './agenda.ts'
import { compose } from './compose.ts'
import type { Container, ContainerRuntime } from './runtime.ts'
import { instanceOf } from './virtual-runtime.ts'
import type { Guest, Vm } from './vm.ts'
import type { Weather } from './weather.ts'

/** The metadata key that a Container Optimized Image follows. */
const COMPOSE_KEY = 'docker-compose'
const MOST_LINES = 2_000

/** What happens inside the VMs: a daemon of the image lets the containers follow the metadata. */
export interface Daemon {
  /** The VM is switched on. */
  boot(vm: Vm, at: number): void
  /** The metadata has changed. */
  changed(vm: Vm, at: number): void
  /** The system is shut down: containers get SIGTERM. */
  shutDown(vm: Vm, at: number): void
  /** The power is off. */
  halt(vm: Vm, at: number): void
  /** The VM answers again after it hung. */
  recover(vm: Vm, at: number): void
  /** The newest container of an instance, wherever it is or was. */
  find(instance: string): { vm: Vm; container: Container } | undefined
}

export interface DaemonDeps {
  agenda: Agenda
  weather(): Weather
  runtime: ContainerRuntime
}

export const newGuest = (): Guest => ({ boots: 0, containers: [], applied: new Map(), serial: [] })

export function daemon({ agenda, weather, runtime }: DaemonDeps): Daemon {
  const newest = new Map<string, { vm: Vm; container: Container }>()
  const stopped = new WeakSet<Container>()

  const say = ({ guest, instance }: Vm, at: number, line: string) => {
    const text = `[${new Date(at).toISOString()}] ${line}`
    guest.serial.push(text)
    if (guest.serial.length > MOST_LINES) guest.serial.splice(0, MOST_LINES / 2)
    runtime.serial?.(instance, text)
  }

  const start = (vm: Vm, name: string, at: number, after: Container | undefined) => {
    const service = vm.guest.applied.get(name)
    if (service === undefined) return
    const address = vm.instance.networkInterfaces[0]?.primaryV4Address?.address ?? ''
    const container = runtime.start({
      service,
      vm: { id: vm.id, name: vm.instance.name, address },
      at,
      after,
    })
    vm.guest.containers.push(container)
    newest.set(instanceOf(service), { vm, container })
    say(vm, at, `coi: Container ${name} Started`)
  }

  /** Reads the metadata; answers false when it cannot be used, and then nothing has changed. */
  const read = (vm: Vm, at: number): boolean => {
    const text = vm.instance.metadata[COMPOSE_KEY]
    const composed = compose(text ?? 'services: {}')
    if (composed.kind === 'invalid') {
      say(vm, at, `coi: the ${COMPOSE_KEY} of the metadata was not applied: ${composed.why}`)
      return false
    }
    for (const warning of composed.warnings) say(vm, at, `coi: ${warning}`)
    vm.guest.applied = composed.services
    return true
  }

  const follow = (vm: Vm, at: number) => {
    const { guest } = vm
    if (guest.hungAt !== undefined || !read(vm, at)) return
    guest.containers = guest.containers.filter((one) => !one.isGoneAt(at))
    const leaving = new Map<string, Container>()
    const staying = new Set<string>()
    for (const container of guest.containers) {
      const { name, definition } = container.service
      if (guest.applied.get(name)?.definition === definition && !stopped.has(container)) {
        staying.add(name)
        continue
      }
      leaving.set(name, container)
      if (stopped.has(container)) continue
      stopped.add(container)
      container.stop(at)
      say(vm, at, `coi: Container ${name} Stopping`)
    }
    for (const name of guest.applied.keys()) if (!staying.has(name)) start(vm, name, at, leaving.get(name))
  }

  const boot: Daemon['boot'] = (vm, at) => {
    const { guest } = vm
    // Where it was told to stop and boots instead, nothing of before runs on.
    halt(vm, at)
    const { boots } = guest
    guest.serial = []
    guest.containers = []
    say(vm, at, 'Linux version 5.4.0 (Container Optimized Image)')
    agenda.at(at + weather().bootDelay(vm.instance.name), (time) => {
      if (guest.boots !== boots) return
      guest.upSince = time
      say(vm, time, 'coi: daemon started')
      if (guest.hungAt !== undefined) return
      // Where the metadata cannot be used, Docker itself starts what lies on the disk.
      read(vm, time)
      for (const name of guest.applied.keys()) start(vm, name, time, undefined)
    })
  }

  const changed: Daemon['changed'] = (vm, at) => {
    const { guest } = vm
    const { boots } = guest
    if (guest.upSince === undefined) return
    agenda.at(at + weather().applyDelay, (time) => {
      if (guest.boots === boots && guest.upSince !== undefined) follow(vm, time)
    })
  }

  const shutDown: Daemon['shutDown'] = (vm, at) => {
    for (const container of vm.guest.containers) container.stop(at)
    say(vm, at, 'systemd: Reached target Shutdown.')
  }

  const halt: Daemon['halt'] = ({ guest }, at) => {
    guest.boots++
    delete guest.upSince
    delete guest.hungAt
    for (const container of guest.containers) container.kill(at)
  }

  const recover: Daemon['recover'] = (vm, at) => {
    delete vm.guest.hungAt
    for (const container of vm.guest.containers) container.thaw?.()
    if (vm.guest.upSince !== undefined) follow(vm, at)
  }
  return { boot, changed, shutDown, halt, recover, find: (instance) => newest.get(instance) }
}
