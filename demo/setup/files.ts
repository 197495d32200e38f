import { sayDuration } from '../../controller/policy/duration.ts'
import type { Pace } from '../pace.ts'

/** The addresses that a demo has for itself. */
export interface Ports {
  server: number
  portBase: number
}

/** Hosts of the demo's pool: enough slots for the policy's max. */
export const pool = { name: 'local', slots: 3, hosts: 4 } as const
export const workload = 'ingest'

/** capuchin.yaml of the demo. */
export function settingsText({ emptyFor }: Pace, { server, portBase }: Ports): string {
  return `# Made by \`npm run demo\`. Times are short, so that two minutes show what takes an hour in production.
tick: 1s                    # usually 15s
sources:
  # Reads /metrics of the instances itself, so that no Prometheus is needed.
  instances: { type: scrape, interval: 1s }
pools:
  # Hosts are processes of this machine. In production they would be VMs.
  ${pool.name}:
    provider: process
    slots: ${pool.slots}
    zones: [a, b]
    hosts: { min: 1, max: ${pool.hosts} }
    spareSlots: 1           # a free slot is kept ready: an instance then starts at once, without waiting for a host
    emptyFor: ${sayDuration(emptyFor)}            # usually 2m
    portBase: ${portBase}
store: { type: file, dir: ./state }
server: { listen: "127.0.0.1:${server}" }
`
}

/** policies/ingest.yaml of the demo. */
export function policyText({ band, size, window, rate, outWait, inWait, inHold }: Pace): string {
  return `workload: ${workload}
pool: ${pool.name}
run:
  command: [node, ingest/gateway/main.ts, --addr, "127.0.0.1:\${port}", --sink, file, --dir, "\${data}"]
  # Asked every second, so that the demo sees at once who is ready; but only ten silent seconds mean death, because the
  # whole fleet shares one machine, which may be busy.
  probe: { http: /ready, every: 1s, timeout: 1s, failures: 10, startWithin: 60s }
  drain: { http: /drain, grace: 10s }
size: { min: ${size.min}, max: ${size.max} }
rules:
  # CPU would mean little here: all instances share the cores of one machine. Events a second mean the same everywhere.
  - name: load
    source: instances
    query: sum(rate(api_requests_count{workload="${workload}"}[${sayDuration(rate)}]))
    per: workload
    window: ${sayDuration(window)}             # usually 5m
    integral: { above: ${band.above}, below: ${band.below} }
out:
  step: 1
  wait: ${sayDuration(outWait)}                  # usually 60s
  # Usually at most 4, or twice its size, in an hour. The demo goes through its day in two minutes.
  perHour: { count: 100 }
in:
  step: 1
  wait: ${sayDuration(inWait)}                  # usually 5m
  hold: ${sayDuration(inHold)}                 # usually 10m
  # Usually at most half of its size in an hour, which would forbid the way back to min within this demo.
  perHour: { count: 100 }
`
}
