import { z } from 'zod'
import { definePublisher } from './define.ts'
import { publishing } from './files.ts'
import type { Published, PublishedHost, PublishedList, Publisher } from './publisher.ts'
import { addressOf, asJson, sortedBy } from './render.ts'

/** A target group of Prometheus' file_sd. */
interface TargetGroup {
  targets: [string]
  labels: Readonly<Record<string, string>>
}

/** Every instance that is not gone yet, the dead-looking included: that one does not answer us is no reason to look away. */
export function instanceTargets(instances: readonly Published[]): TargetGroup[] {
  const present = instances.filter(({ state }) => state !== 'lost')
  return sortedBy(present, ({ instance }) => instance).map(targetOf)
}

function targetOf(published: Published): TargetGroup {
  const { workload, instance, host, pool, zone, version, state } = published
  // The state is a __meta_ label, which relabelling can see and which is dropped then: a plain one would split the series.
  const labels = { workload, instance, host, pool, zone, version, __meta_capuchin_state: state }
  return { targets: [addressOf(published)], labels }
}

/** The exporters of the hosts themselves. */
export function hostTargets(hosts: readonly PublishedHost[]): TargetGroup[] {
  return sortedBy(hosts, ({ name }) => name).map(({ name, pool, zone, exporter }) => ({
    targets: [exporter],
    labels: { host: name, pool, zone },
  }))
}

const render = ({ instances, hosts }: PublishedList) => [
  { name: 'instances.json', text: asJson(instanceTargets(instances)) },
  { name: 'hosts.json', text: asJson(hostTargets(hosts)) },
]

/** Writes `instances.json` and `hosts.json` for `file_sd_configs` of Prometheus. */
export const fileSd = definePublisher(
  z.strictObject({ type: z.literal('file-sd'), dir: z.string().min(1) }),
  ({ dir }, { fs }): Publisher => {
    const publish = publishing(fs, dir)
    return { name: 'file-sd', publish: (list) => publish(render(list)) }
  },
)
