import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { dataDir } from '../../controller/providers/process/layout.ts'
import type { CloudReady } from '../cloud/protocol.ts'
import type { Pace } from '../pace.ts'
import { Trouble } from '../trouble.ts'
import { consumerWorkload, type Ports, policiesOf, settingsText, workload } from './files.ts'
import { DISKS, poolOf } from './pool-files.ts'
import { reservePorts } from './ports.ts'

/** Where the demo's files are, where its controller serves, and how to run the product. */
export interface Place {
  /** The demo's own folder. */
  folder: string
  /** The checkout. */
  root: string
  /** The Node that runs all. */
  node: string
  ports: Ports
  /** Where the controller serves, without a slash at the end. */
  url: string
  /** The list of instances that are ready, for routers. */
  list: string
  /** Folders in which each instance has one of its own for its events; they outlive the instances, and their hosts. */
  data(): Promise<string[]>
  /** Gives the ports back. */
  release(): Promise<void>
  /** Removes the folder with all that is in it. */
  remove(): Promise<void>
}

/** Makes a folder on ports that are free. Throws Trouble when there are none. */
export async function makePlace(
  pace: Pace,
  { root, node, tmp }: { root: string; node: string; tmp: string },
): Promise<Place> {
  const { slots, hosts } = poolOf(pace)
  const ports = await reservePorts(slots * hosts)
  if (ports === undefined) throw new Trouble('no free ports were found on 127.0.0.1; end what listens there')
  const folder = await mkdtemp(join(tmp, 'capuchin-demo-'))
  const state = join(folder, 'state')
  const stores = pace.consumer === undefined ? workload : consumerWorkload
  return {
    ...{ folder, root, node, ports, url: `http://127.0.0.1:${ports.server}` },
    list: join(state, 'published', `${workload}.list`),
    data: async () => (pace.cloud === undefined ? [join(dataDir(state), stores)] : await volumesIn(folder)),
    release: ports.release,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  }
}

/** Of all VMs that ever were. */
async function volumesIn(folder: string): Promise<string[]> {
  const disks = join(folder, DISKS)
  return (await readdir(disks)).map((vm) => join(disks, vm, 'volumes'))
}

/** Writes settings and policies. `cloud`: where the fake one serves, for a pace that has one. */
export async function writeFiles(
  { folder, root, ports }: Place,
  pace: Pace,
  cloud: CloudReady | undefined,
): Promise<void> {
  await mkdir(join(folder, 'policies'))
  const schemas = join(root, 'schemas')
  const settings = settingsText(pace, ports, cloud)
  await writeSample(join(folder, 'capuchin.yaml'), join(schemas, 'capuchin.schema.json'), settings)
  for (const [name, text] of policiesOf(pace, ports))
    await writeSample(join(folder, 'policies', `${name}.yaml`), join(schemas, 'policy.schema.json'), text)
}

/** A file for people to look into, with the line by which editors know what may stand in it. */
async function writeSample(path: string, schema: string, text: string): Promise<void> {
  await writeFile(path, `# yaml-language-server: $schema=${relative(dirname(path), schema)}\n${text}`)
}
