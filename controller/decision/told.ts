import type { HostRecord, Manifest } from './fleet.ts'

/** The manifest that a record stands for, under the present epoch. Equal records make equal manifests, to the letter. */
export function manifestOf({ revision, entries }: HostRecord, epoch: number): Manifest {
  const instances = entries.map(({ id, workload, slots, port, run, token, placedAt }) => {
    return { id, workload, slots, port, run, token, placedAt }
  })
  return { revision, epoch, instances }
}

/** The labels by which a host can be adopted without a store. */
export function labelsOf(record: HostRecord, controller: string, epoch: number): Record<string, string> {
  const { pool, index, slots, intent } = record
  return { controller, pool, index: String(index), slots: String(slots), intent, epoch: String(epoch) }
}
