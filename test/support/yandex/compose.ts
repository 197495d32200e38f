import { parse } from 'yaml'
import { z } from 'zod'
import { interpolate } from './interpolate.ts'

/** A service of a Compose file, interpolated. `command`: undefined is the image's own. Durations in ms. */
export interface ComposeService {
  name: string
  image: string
  command: readonly string[] | undefined
  environment: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
  /** As written, such as `data:/var/lib/data`. */
  volumes: readonly string[]
  /** stop_grace_period, 10 s by default as with Docker. */
  grace: number
  /** Whole and in order; Compose makes a container anew when it differs. */
  definition: string
}

export type Composed =
  | { kind: 'project'; services: ReadonlyMap<string, ComposeService>; warnings: readonly string[] }
  | { kind: 'invalid'; why: string }

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const pairs = z.union([z.record(z.string(), scalar), z.array(z.string())])
const words = z.union([z.string(), z.array(z.string())])
const service = z.strictObject({
  image: z.string().min(1),
  command: words.nullish(),
  entrypoint: words.nullish(),
  environment: pairs.optional(),
  labels: pairs.optional(),
  network_mode: z.string().optional(),
  restart: z.string().optional(),
  stop_grace_period: z
    .string()
    .regex(/^(\d+(\.\d+)?(us|ms|s|m|h))+$/)
    .optional(),
  logging: z.looseObject({ driver: z.string().optional() }).optional(),
  cpu_shares: z.union([z.number(), z.string()]).optional(),
  cpus: z.union([z.number(), z.string()]).optional(),
  mem_limit: z.union([z.number(), z.string()]).optional(),
  pid: z.string().optional(),
  ports: z.array(z.unknown()).optional(),
  expose: z.array(z.unknown()).optional(),
  volumes: z.array(z.unknown()).optional(),
  tmpfs: words.optional(),
  user: z.string().optional(),
  privileged: z.boolean().optional(),
  read_only: z.boolean().optional(),
  cap_add: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  ulimits: z.looseObject({}).optional(),
  sysctls: pairs.optional(),
  healthcheck: z.looseObject({}).optional(),
  depends_on: z.union([z.array(z.string()), z.looseObject({})]).optional(),
  deploy: z.looseObject({}).optional(),
  init: z.boolean().optional(),
  stop_signal: z.string().optional(),
  container_name: z.string().optional(),
  hostname: z.string().optional(),
  working_dir: z.string().optional(),
  extra_hosts: pairs.optional(),
})
const file = z.object({
  volumes: z.record(z.string(), z.unknown()).nullish(),
  services: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), service),
})
const KEYS = new Set(['version', 'name', 'services', 'networks', 'volumes', 'configs', 'secrets'])

/** What the daemon makes of the `docker-compose` text of the metadata. Interpolation reaches every value, those of `x-` keys too. */
export function compose(text: string, environment: Readonly<Record<string, string>> = {}): Composed {
  try {
    const warnings: string[] = []
    const tree = filled(parse(text), environment, warnings)
    if (typeof tree !== 'object' || tree === null) return refuse('Top-level object must be a mapping')
    const strange = Object.keys(tree).find((key) => !KEYS.has(key) && !key.startsWith('x-'))
    if (strange !== undefined) return refuse(`Additional property ${strange} is not allowed`)
    const read = file.safeParse(tree)
    if (!read.success) return refuse(told(read.error))
    const missing = undeclared(read.data)
    if (missing !== undefined) return refuse(missing)
    const services = Object.entries(read.data.services).map(([name, one]) => serviceOf(name, one))
    return { kind: 'project', services: new Map(services.map((one) => [one.name, one])), warnings }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const refuse = (why: string): Composed => ({ kind: 'invalid', why })

const told = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')

/** Keys are not interpolated. Throws where a value cannot be. */
function filled(node: unknown, environment: Readonly<Record<string, string>>, warnings: string[]): unknown {
  if (typeof node === 'string') {
    const made = interpolate(node, environment)
    if (made.kind === 'broken') throw new Error(made.why)
    warnings.push(...made.warnings)
    return made.text
  }
  if (Array.isArray(node)) return node.map((one) => filled(one, environment, warnings))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, filled(value, environment, warnings)]),
  )
}

/** Volumes with a name of their own stand in the file's list of volumes. */
function undeclared({ services, volumes }: z.output<typeof file>): string | undefined {
  for (const [name, one] of Object.entries(services))
    for (const volume of one.volumes ?? []) {
      const source = typeof volume === 'string' ? (volume.split(':')[0] ?? '') : ''
      if (/^[a-zA-Z0-9]/.test(source) && !(source in (volumes ?? {})))
        return `service "${name}" refers to undefined volume ${source}`
    }
  return undefined
}

function serviceOf(name: string, one: z.output<typeof service>): ComposeService {
  return {
    name,
    image: one.image,
    command:
      typeof one.command === 'string'
        ? one.command.split(/\s+/).filter((word) => word !== '')
        : (one.command ?? undefined),
    environment: pairsOf(one.environment),
    labels: pairsOf(one.labels),
    volumes: (one.volumes ?? []).filter((volume) => typeof volume === 'string'),
    grace: one.stop_grace_period === undefined ? 10_000 : durationOf(one.stop_grace_period),
    definition: JSON.stringify(inOrder(one)),
  }
}

function pairsOf(given: z.output<typeof pairs> | undefined): Record<string, string> {
  if (given === undefined) return {}
  if (!Array.isArray(given))
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value ?? '')]))
  return Object.fromEntries(
    given.map((line) => {
      const [key = '', ...rest] = line.split('=')
      return [key, rest.join('=')]
    }),
  )
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function durationOf(text: string): number {
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g))
    total += Number(count) * (UNITS[unit ?? ''] ?? 0)
  return total
}

/** Maps with their keys in order: in which order they were written makes no other container. */
function inOrder(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(inOrder)
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [key, inOrder(value)]))
}
