import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options } from './options.ts'

/** Where a fake cloud in another process is, and how one gets in. */
interface Place {
  endpoint: string
  ca: string
  keyFile: string
  folder: string
  subnets: Readonly<Record<string, string>>
}

const SLOTS = 3

/** The pool of the bench: its VMs are what a fake cloud lists. */
function yandexPool({ endpoint, ca, keyFile, folder, subnets }: Place, vms: number): object {
  return {
    provider: 'yandex',
    slots: SLOTS,
    hosts: { min: 0, max: vms + 10 },
    template: { folder, cores: 2, memory: '4GiB', subnets },
    auth: { keyFile },
    ...{ endpoint, ca },
  }
}

const memoryPool = { provider: 'memory', slots: SLOTS, cores: 2, hosts: { min: 0, max: 10 } }

function policyOf(index: number, instances: number): object {
  const workload = `service-${String(index).padStart(3, '0')}`
  return {
    workload,
    pool: 'cloud',
    run: { image: 'cr.example/service:v1', probe: { http: '/ready' }, drain: { http: '/drain' } },
    size: { min: instances, max: 2 * instances },
    rules: [
      {
        ...{ name: 'load', source: 'main', per: 'workload', window: '5m' },
        query: `sum(rate(http_requests_total{workload="${workload}"}[1m]))`,
        integral: { above: 70, below: 30 },
      },
    ],
  }
}

interface Wanted extends Pick<Options, 'workloads' | 'vms'> {
  /** Absent: a pool of the memory provider, for comparison. */
  place?: Place
  /** Where the controller listens. */
  port: number
}

/** Settings and policies for so many VMs, all of their slots filled. JSON is YAML. Answers the path of the settings file. */
export async function writeFiles(folder: string, { place, port, workloads, vms }: Wanted): Promise<string> {
  const settings = {
    // Nobody answers there: the measured controller has a source that answers at once.
    sources: { main: { type: 'prometheus', url: 'http://127.0.0.1:9', interval: '15s' } },
    pools: { cloud: place === undefined ? memoryPool : yandexPool(place, vms) },
    store: { type: 'file', dir: './state' },
    server: { listen: `127.0.0.1:${port}` },
  }
  await mkdir(join(folder, 'policies'), { recursive: true })
  const instances = Math.floor((vms * SLOTS) / workloads)
  for (let index = 0; index < workloads; index++) {
    const file = join(folder, 'policies', `${index}.yaml`)
    await writeFile(file, JSON.stringify(policyOf(index, instances), null, 2))
  }
  const path = join(folder, 'capuchin.yaml')
  await writeFile(path, JSON.stringify(settings, null, 2))
  return path
}
