import { join } from 'node:path'
import type { Place } from '../../support/controller.ts'

/** Where everything is that no list names. */
export type Ports = { exporter: number; gateway: number; controller: number; relay: number }

/** As deploy/compose/prometheus.yml has them. */
export const jobsOf = (place: Place, { exporter, gateway, controller, relay }: Ports): object[] => [
  { job_name: 'capuchin', static_configs: [{ targets: [new URL(place.url).host] }] },
  { job_name: 'instances', file_sd_configs: [{ files: [join(place.published, 'instances.json')] }] },
  { job_name: 'hosts', file_sd_configs: [{ files: [join(place.published, 'hosts.json')] }] },
  { job_name: 'relay', static_configs: [{ targets: [`127.0.0.1:${relay}`] }] },
  {
    job_name: 'machine',
    static_configs: [{ targets: [`127.0.0.1:${exporter}`], labels: { pool: 'local', host: 'machine' } }],
  },
  {
    ...{ job_name: 'secure-controller', scheme: 'https', tls_config: { insecure_skip_verify: true } },
    static_configs: [{ targets: [`127.0.0.1:${controller}`] }],
    // It stands for its certificate alone: in all else there is one controller.
    metric_relabel_configs: [{ source_labels: ['__name__'], regex: '.*certificate.*', action: 'keep' }],
  },
  {
    ...{ job_name: 'secure', scheme: 'https', tls_config: { insecure_skip_verify: true } },
    static_configs: [{ targets: [`127.0.0.1:${gateway}`], labels: { workload: 'secure' } }],
  },
]
