import { createHash } from 'node:crypto'
import type { HostOrder } from '../provider.ts'
import type { Answer, VmOrder, YandexApi } from './api.ts'
import type { Ground } from './ground.ts'
import { labelFlaw, vmLabels } from './labels.ts'
import type { Template } from './settings.ts'
import { MANIFEST_KEY, NAME } from './words.ts'

/** What the newest image of a family is, is asked again after so long (ms). */
const IMAGE_KEPT = 6 * 3_600_000
/** The most that the cloud takes for all metadata of a VM, in bytes. */
const METADATA_MOST = 512 * 1024

/** What a VM is made by, in short: another template makes another hash. */
export function hashOf(template: Template): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 12)
}

export type Drafted = { kind: 'order'; order: Omit<VmOrder, 'imageId'> } | { kind: 'invalid'; detail: string }

/** The order for a VM but for its image. `text`: its manifest as metadata. */
export function draftOrder(
  template: Template,
  { name, zone, labels: own }: HostOrder,
  text: string,
): Drafted {
  const subnet = template.subnets[zone]
  if (!NAME.test(name)) return invalid(`${JSON.stringify(name)} cannot be the name of a VM`)
  if (subnet === undefined) return invalid(`zone ${zone} has no subnet in template.subnets`)
  const labels = vmLabels(own, hashOf(template), template.labels)
  const metadata = metadataOf(template, text)
  const bytes = Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key + value),
    0,
  )
  const flaw =
    labelFlaw(labels) ??
    (bytes <= METADATA_MOST
      ? undefined
      : `the metadata of ${name} takes ${bytes} bytes, and the cloud takes ${METADATA_MOST}`)
  if (flaw !== undefined) return invalid(flaw)
  return {
    kind: 'order',
    order: { ...machineOf(template), name, hostname: name, zone, subnet, labels, metadata },
  }
}

const invalid = (detail: string): Drafted => ({ kind: 'invalid', detail })

function machineOf({ disk, memory, ...template }: Template) {
  const { folder, platform, cores, coreFraction, nat, serviceAccount, securityGroups, preemptible } = template
  return {
    ...{ folder, platform, cores, coreFraction, nat, securityGroups, preemptible },
    memoryBytes: memory,
    diskType: disk.type,
    diskBytes: disk.size,
    ...(serviceAccount !== undefined && { serviceAccount }),
  }
}

function metadataOf({ metadata, cloudInit, sshKeys }: Template, text: string): Record<string, string> {
  return {
    ...metadata,
    ...(cloudInit !== undefined && { 'user-data': cloudInit }),
    ...(sshKeys.length > 0 && { 'ssh-keys': sshKeys.join('\n') }),
    [MANIFEST_KEY]: text,
  }
}

/** Id of the image that VMs start from. */
export async function imageOf(
  { settings, book, deps }: Ground,
  api: YandexApi,
  signal: AbortSignal,
): Promise<Answer<string>> {
  const { id, family, folder } = settings.template.image
  if (id !== undefined) return { kind: 'answer', value: id }
  const known = book.image
  if (known !== undefined && deps.now() - known.at < IMAGE_KEPT) return { kind: 'answer', value: known.id }
  const answer = await api.latestImage(folder, family ?? '', signal)
  if (answer.kind === 'answer') {
    book.image = { id: answer.value, at: deps.now() }
    return answer
  }
  const detail = `no image of family ${family} in folder ${folder}: ${answer.detail}`
  return answer.code === 'not-found' ? { kind: 'failed', code: 'invalid', detail } : answer
}
