import { ours } from '../parts/variables.ts'

/** Series of the controller about the chosen workloads. */
export const workloads = `${ours},workload=~"$workload"`

/** Those about the chosen rules of them. */
export const rules = `${workloads},rule=~"$rule"`

/** Instances as Prometheus scrapes them by the lists that the controller publishes. */
export const instances = 'workload=~"$workload",host!=""'
