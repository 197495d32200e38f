import type { Health } from '../../../controller/decision/fleet.ts'
import type { ComposeService } from './compose.ts'

/** One container of a VM. Times are epoch ms; nothing it is told may lie before what it was told last. */
export interface Container {
  service: ComposeService
  /** SIGTERM, then its grace, then SIGKILL. */
  stop(at: number): void
  /** The machine goes: it is dead at once. */
  kill(at: number): void
  livesAt(at: number): boolean
  /** Gone for good, however it went. */
  isGoneAt(at: number): boolean
  /** As probes find it while its VM answers. */
  healthAt(at: number): Health
  /** POST /drain. */
  askDrain(at: number): void
  /** It ends by itself, and is started again at `until`. */
  crash(at: number, until: number): void
  /** It exists and does not answer any more. */
  hang(at: number): void
  /** Its /ready answers 503 from now on. */
  stall(at: number): void
  /** Ends a hang or a stall. */
  recover(): void
  /** Its VM hangs, or does so no more; for runtimes where that makes a difference to the container. */
  freeze?(): void
  thaw?(): void
}

/** A container to be started. `after`: the one that it replaces; it starts once that one has gone. */
export interface Start {
  service: ComposeService
  vm: { id: string; name: string; address: string }
  at: number
  after: Container | undefined
}

/** What runs the containers of the VMs: by default nothing but the clock, in the demo real processes of this machine. */
export interface ContainerRuntime {
  /** The internal address of the VM with that number; by default one of its subnet. */
  addressOf?(number: number): string
  start(order: Start): Container
  /** A line of the VM's serial console; for those who keep logs. */
  serial?(vm: { name: string }, line: string): void
  close?(): Promise<void>
}
