import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { ChildStatus, Order } from '../records.ts'
import type { Usage } from './usage.ts'

/** What a host tells Prometheus about itself. */
export interface Facts {
  usage: Usage
  children: readonly ChildStatus[]
  slotsUsed: number
  /** Of instances that are gone too. */
  restarts: number
}

interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  values(facts: Facts, order: Order): readonly (readonly [labels: Record<string, string>, value: number])[]
}

const one = (value: number) => [[{}, value]] as const

/** By hand rather than with prom-client, which would be a good part of the memory of a supervisor. */
const metrics: readonly Metric[] = [
  {
    name: 'capuchin_host_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of the supervisor and of all instances that ran on the host.',
    values: ({ usage }) => one(usage.cpuSeconds),
  },
  {
    name: 'capuchin_host_memory_bytes',
    type: 'gauge',
    help: 'Resident memory of the supervisor and its instances.',
    values: ({ usage }) => one(usage.memoryBytes),
  },
  {
    name: 'capuchin_host_cores',
    type: 'gauge',
    help: 'Cores that the pool says the host has.',
    values: (_facts, { cores }) => one(cores),
  },
  {
    name: 'capuchin_host_slots',
    type: 'gauge',
    help: 'Slots of the host.',
    values: (_facts, { slots }) => one(slots),
  },
  {
    name: 'capuchin_host_slots_used',
    type: 'gauge',
    help: 'Slots that instances of the manifest take.',
    values: ({ slotsUsed }) => one(slotsUsed),
  },
  {
    name: 'capuchin_host_instances',
    type: 'gauge',
    help: 'Instances by state: running, waiting for a restart, stopping.',
    values: ({ children }) =>
      (['running', 'waiting', 'stopping'] as const).map((state) => {
        return [{ state }, children.filter((child) => child.state === state).length]
      }),
  },
  {
    name: 'capuchin_host_instance_restarts_total',
    type: 'counter',
    help: 'Instances that ended by themselves and were started again.',
    values: ({ restarts }) => one(restarts),
  },
  {
    name: 'capuchin_host_start_time_seconds',
    type: 'gauge',
    help: 'When the host was ordered, in seconds since 1970.',
    values: (_facts, { orderedAt }) => one(orderedAt / 1000),
  },
]

/**
 * Everything in the text format of Prometheus. Which host it is, in which pool and zone, is said by the published list of
 * targets; said here as well it would come out as exported_host and so on.
 */
export function render(facts: Facts, order: Order): string {
  const blocks = metrics.map(({ name, type, help, values }) => {
    const lines = values(facts, order).map(([own, value]) => `${name}${labels(own)} ${value}\n`)
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  })
  return blocks.join('')
}

function labels(pairs: Record<string, string>): string {
  const all = Object.entries(pairs).map(([name, value]) => `${name}="${value}"`)
  return all.length === 0 ? '' : `{${all.join(',')}}`
}

/** Serves GET /metrics on a free port of the loopback address. */
export async function serveMetrics(text: () => string): Promise<{ address: string; server: Server }> {
  const server = createServer({ requestTimeout: 5_000, keepAliveTimeout: 30_000 }, (request, response) => {
    const known = request.method === 'GET' && request.url === '/metrics'
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(known ? text() : 'there is only GET /metrics\n')
  })
  server.maxConnections = 64
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { address: `127.0.0.1:${port}`, server }
}
