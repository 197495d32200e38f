import { sayDuration } from '../../controller/policy/duration.ts'
import type { CloudReady } from '../cloud/protocol.ts'
import type { CloudPace, Pace } from '../pace.ts'
import type { Ports } from './files.ts'

/** Hosts of a demo's pool: enough slots for the policy's max, of both policies with Kafka. */
export interface PoolSize {
  name: string
  slots: number
  hosts: number
}

export function poolOf({ consumer, cloud }: Pick<Pace, 'consumer' | 'cloud'>): PoolSize {
  if (cloud !== undefined) return { name: 'edge', slots: cloud.slots, hosts: cloud.hosts.max }
  return { name: 'local', slots: consumer === undefined ? 3 : 4, hosts: 4 }
}

/** The section of the pool in capuchin.yaml. `cloud`: where the fake one serves. */
export function poolText(pace: Pace, ports: Ports, cloud: CloudReady | undefined): string {
  const { name, slots, hosts } = poolOf(pace)
  if (pace.cloud !== undefined && cloud !== undefined) return cloudText(pace, pace.cloud, cloud)
  return `pools:
  # Hosts are processes of this machine. In production they would be VMs.
  ${name}:
    provider: process
    slots: ${slots}
    zones: [a, b]
    hosts: { min: 1, max: ${hosts} }
    spareSlots: 1           # a free slot is kept ready: an instance then starts at once, without waiting for a host
    emptyFor: ${sayDuration(pace.emptyFor)}            # usually 2m
    portBase: ${ports.portBase}
`
}

function cloudText(pace: Pace, { slots, hosts, price }: CloudPace, cloud: CloudReady): string {
  const subnets = Object.entries(cloud.subnets).map(([zone, id]) => `${zone}: ${id}`)
  return `pools:
  # VMs of a FAKE Yandex Cloud, a process of this machine. For the real one endpoint and ca go, and the ids are your own.
  ${poolOf(pace).name}:
    provider: yandex
    slots: ${slots}
    hosts: { min: ${hosts.min}, max: ${hosts.max} }
    spareSlots: 1           # a free slot is kept ready: an instance then starts at once, without waiting for a VM
    emptyFor: ${sayDuration(pace.emptyFor)}            # usually 2m
    consolidateAfter: 8s    # usually 10m
    listLag: 5s             # usually 1m
    pricePerHour: ${price}
    endpoint: ${JSON.stringify(cloud.endpoint)}
    ca: ${JSON.stringify(cloud.ca)}
    auth: { keyFile: ${JSON.stringify(cloud.keyFile)} }
    nodeExporter: false     # the machine that all of this runs on has none to run as a container
    template:
      folder: ${cloud.folder}
      platform: standard-v3
      cores: 2
      memory: 4GiB
      preemptible: true
      subnets: { ${subnets.join(', ')} }
`
}

/** What a policy of the gateways runs: a program of this machine, or a container. */
export function startText({ cloud }: Pick<Pace, 'cloud'>, sink: string): string {
  if (cloud === undefined)
    return `  command: [node, ingest/gateway/main.ts, --addr, "127.0.0.1:\${port}", ${sink}]`
  return `  image: ${IMAGE}
  command: [--addr, "0.0.0.0:\${port}", ${sink}]`
}

/** What the fake cloud's machines know the gateway by. */
export const IMAGE = 'ingest-gateway:demo'

/** Where, in the demo's folder, the disks and logs of the fake cloud's VMs are: a folder for each. */
export const DISKS = 'vms'
