import type { Manifest, ManifestInstance } from '../../decision/fleet.ts'
import type { Variable } from '../../policy/variables.ts'
import { mentions, substitute, type Values } from '../process/substitute.ts'
import type { SystemContainer, YandexSettings } from './settings.ts'
import { EXPORTER_PORT, NODE_EXPORTER } from './words.ts'

/** The VM that a manifest is for. */
export interface Place {
  host: string
  zone: string
}

type Extras = Pick<YandexSettings, 'system' | 'nodeExporter'>
type Service = Readonly<Record<string, unknown>>

interface Body {
  services: Readonly<Record<string, Service>>
  volumes?: Readonly<Record<string, { name: string }>>
}

/**
 * Where an instance finds `${data}`: a volume of Docker's on the VM's boot disk that is the instance's own. It outlives the
 * container, also one that is made anew, and goes with the VM.
 */
const DATA = '/var/lib/capuchin/data'

const SHARES = 256

/** What Docker Compose is to run: a service for each instance, by its id, and the system containers beside them. */
export function servicesOf({ instances }: Manifest, place: Place, { system, nodeExporter }: Extras): Body {
  const services: Record<string, Service> = {}
  const volumes: Record<string, { name: string }> = {}
  for (const instance of instances) {
    services[instance.id] = inQuotes(serviceOf(instance, place))
    if (keepsData(instance)) volumes[volumeOf(instance)] = { name: `capuchin-${volumeOf(instance)}` }
  }
  if (nodeExporter !== false)
    services['system_node-exporter'] = inQuotes(
      exporter(nodeExporter === true ? NODE_EXPORTER : nodeExporter),
    )
  for (const one of system) services[`system_${one.name}`] = inQuotes(systemService(one))
  return { services, ...(Object.keys(volumes).length > 0 && { volumes }) }
}

/** Rotated, so that no container fills the disk. */
const logging = { driver: 'local', options: { 'max-size': '10m', 'max-file': '3' } }
const common = { network_mode: 'host', restart: 'always' }

function serviceOf(instance: ManifestInstance, place: Place): Service {
  const { id, workload, slots, run } = instance
  const values = valuesOf(instance, place)
  const command = run.command?.map((word) => substitute(word, values))
  return {
    image: run.image,
    ...(command !== undefined && { command }),
    environment: environmentOf(instance, values),
    ...common,
    stop_grace_period: sayGrace(run.drain.grace),
    cpu_shares: SHARES * Math.max(1, slots.length),
    logging,
    labels: { 'capuchin.instance': id, 'capuchin.workload': workload },
    ...(keepsData(instance) && { volumes: [`${volumeOf(instance)}:${DATA}`] }),
  }
}

const keepsData = ({ run }: ManifestInstance): boolean =>
  mentions([...(run.command ?? []), ...Object.values(run.env)], 'data')

const volumeOf = ({ id }: ManifestInstance): string => `data-${id}`

/** Docker takes 0 for "at once", which is not what anybody means. */
const sayGrace = (ms: number): string => `${Math.max(1, Math.round(ms))}ms`

/** The address is not known before the VM is there; its name is, and the cloud's own name server knows it. */
function valuesOf({ id, port, slots }: ManifestInstance, { host, zone }: Place): Record<Variable, string> {
  const region = zone.replace(/-[a-z0-9]+$/, '')
  return {
    port: String(port),
    data: DATA,
    id,
    host,
    zone,
    slot: String(slots[0] ?? 0),
    address: `${host}.${region}.internal`,
  }
}

/** As the local provider gives them to processes. In one order, since Compose may take another one for a change. */
function environmentOf(instance: ManifestInstance, values: Values): Readonly<Record<string, string>> {
  const inOrder = Object.entries(instance.run.env).sort(([a], [b]) => (a < b ? -1 : 1))
  const own = inOrder.map(([name, text]) => [name, substitute(text, values)])
  return {
    ...Object.fromEntries(own),
    CAPUCHIN_DRAIN_TOKEN: instance.token,
    CAPUCHIN_INSTANCE: instance.id,
    CAPUCHIN_WORKLOAD: instance.workload,
    CAPUCHIN_HOST: values['host'],
    CAPUCHIN_ZONE: values['zone'],
    PORT: String(instance.port),
  }
}

/** CPU, memory, disks and network of the VM itself, of which it reads all and may change nothing. */
function exporter(image: string): Service {
  return {
    image,
    command: ['--path.rootfs=/host', `--web.listen-address=:${EXPORTER_PORT}`],
    ...common,
    pid: 'host',
    volumes: ['/:/host:ro,rslave'],
    cpu_shares: SHARES,
    logging,
    labels: { 'capuchin.system': 'node-exporter' },
  }
}

function systemService({ name, image, command, env, volumes }: SystemContainer): Service {
  return {
    image,
    ...(command !== undefined && { command }),
    ...(Object.keys(env).length > 0 && { environment: env }),
    ...common,
    ...(volumes.length > 0 && { volumes }),
    cpu_shares: SHARES,
    logging,
    labels: { 'capuchin.system': name },
  }
}

/** Docker Compose reads `$$` as `$`, and anything else after a `$` as the name of a variable of its own. */
function inQuotes(service: Service): Service {
  return Object.fromEntries(Object.entries(service).map(([key, value]) => [key, doubled(value)]))
}

function doubled(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$')
  if (Array.isArray(value)) return value.map(doubled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, doubled(inner)]))
}
