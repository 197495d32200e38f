import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Options } from './options.ts'

/** What is measured: how many workloads, with how many rules and instances each. */
export type Size = Pick<Options, 'workloads' | 'rules' | 'instances'>

/** How many workloads share a queue: the rules about it are equal, so that they are asked once. */
const SHARED_BY = 10
const SLOTS = 4

const workloadName = (index: number): string => `service-${String(index).padStart(4, '0')}`
export const queueOf = (index: number): string => `queue-${Math.floor(index / SHARED_BY)}`

/** The metric of each rule; a series of the first two for each instance, of the third for each queue. */
export const metricOf = (rule: number): string => {
  const name = ['http_requests_total', 'process_cpu_seconds_total', 'queue_messages'][rule % 3] ?? ''
  return rule < 3 ? name : name.replace(/(_total|_messages)$/, `_${rule}$1`)
}

/** Of the three rules two are about totals and one is a mean over instances, in cores. */
function ruleOf(rule: number, workload: string, queue: string): object {
  const metric = metricOf(rule)
  const common = { name: `rule-${rule}`, source: 'main', window: '5m', integral: { above: 70, below: 30 } }
  if (rule % 3 === 0)
    return { ...common, per: 'workload', query: `sum(rate(${metric}{workload="${workload}"}[1m]))` }
  if (rule % 3 === 2) return { ...common, per: 'workload', query: `sum(${metric}{queue="${queue}"})` }
  const query = `avg(rate(${metric}{workload="${workload}"}[1m]))`
  return { ...common, per: 'instance', unit: 'cores', query }
}

function policyOf(index: number, { rules, instances }: Size): object {
  const workload = workloadName(index)
  return {
    workload,
    pool: 'cloud',
    run: {
      command: ['node', 'serve.js', '--addr', `0.0.0.0:\${port}`],
      probe: { http: '/ready' },
      drain: { http: '/drain', grace: '30s' },
    },
    size: { min: instances, max: 2 * instances },
    rules: Array.from({ length: rules }, (_, rule) => ruleOf(rule, workload, queueOf(index))),
  }
}

/** JSON is YAML, which spares the quoting. Answers the path of the settings file. */
export async function writeFiles(folder: string, size: Size, url: string, port: number): Promise<string> {
  const hosts = Math.ceil((size.workloads * size.instances * 2) / SLOTS) + 10
  const settings = {
    sources: { main: { type: 'prometheus', url, interval: '15s' } },
    pools: {
      cloud: {
        provider: 'memory',
        slots: SLOTS,
        cores: 2,
        zones: ['a', 'b', 'c'],
        hosts: { min: 0, max: hosts },
      },
    },
    store: { type: 'file', dir: './state' },
    server: { listen: `127.0.0.1:${port}` },
  }
  await mkdir(join(folder, 'policies'), { recursive: true })
  for (let index = 0; index < size.workloads; index++) {
    const file = join(folder, 'policies', `${workloadName(index)}.yaml`)
    await writeFile(file, JSON.stringify(policyOf(index, size), null, 2))
  }
  const path = join(folder, 'capuchin.yaml')
  await writeFile(path, JSON.stringify(settings, null, 2))
  return path
}
