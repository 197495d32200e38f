import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { capacity } from './capacity/capacity.ts'
import { controller } from './controller/controller.ts'
import { ingest } from './ingest/ingest.ts'
import { workload } from './workload/workload.ts'

/** Every dashboard by the name of its file. */
export const dashboards = { capacity, workload, ingest, controller } as const

/** The text of its file, which is committed. */
export const asText = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`
