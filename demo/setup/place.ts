import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { dataDir } from '../../controller/providers/process/layout.ts'
import type { Pace } from '../pace.ts'
import { Trouble } from '../trouble.ts'
import { consumerWorkload, type Ports, policiesOf, poolOf, settingsText, workload } from './files.ts'
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
  /** Each instance's events lie in a folder in here; they outlive the instances. */
  data: string
  /** Gives the ports back. */
  release(): Promise<void>
  /** Removes the folder with all that is in it. */
  remove(): Promise<void>
}

/** Makes a folder with settings and policies, on ports that are free. Throws Trouble when there are none. */
export async function makePlace(
  pace: Pace,
  { root, node, tmp }: { root: string; node: string; tmp: string },
): Promise<Place> {
  const { slots, hosts } = poolOf(pace)
  const ports = await reservePorts(slots * hosts)
  if (ports === undefined) throw new Trouble('no free ports were found on 127.0.0.1; end what listens there')
  const folder = await mkdtemp(join(tmp, 'capuchin-demo-'))
  const state = join(folder, 'state')
  await mkdir(join(folder, 'policies'))
  const schemas = join(root, 'schemas')
  await writeSample(
    join(folder, 'capuchin.yaml'),
    join(schemas, 'capuchin.schema.json'),
    settingsText(pace, ports),
  )
  for (const [name, text] of policiesOf(pace, ports))
    await writeSample(join(folder, 'policies', `${name}.yaml`), join(schemas, 'policy.schema.json'), text)
  const stores = pace.consumer === undefined ? workload : consumerWorkload
  return {
    ...{ folder, root, node, ports, url: `http://127.0.0.1:${ports.server}` },
    list: join(state, 'published', `${workload}.list`),
    data: join(dataDir(state), stores),
    release: ports.release,
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  }
}

/** A file for people to look into, with the line by which editors know what may stand in it. */
async function writeSample(path: string, schema: string, text: string): Promise<void> {
  await writeFile(path, `# yaml-language-server: $schema=${relative(dirname(path), schema)}\n${text}`)
}
