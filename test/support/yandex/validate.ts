import type { CreateInstanceRequest } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import { IMAGE, SERVICE_ACCOUNT, SUBNETS, ZONES } from './ids.ts'
import { invalid, notFound } from './refused.ts'

const NAME = /^([a-z]([-_a-z0-9]{0,61}[a-z0-9])?)?$/
const HOSTNAME = /^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)?$/
const LABEL_KEY = /^[a-z][-_./\\@0-9a-z]{0,62}$/
const LABEL_VALUE = /^[-_./\\@0-9a-z]{0,63}$/
const KIB = 1024
const PLATFORMS = ['standard-v1', 'standard-v2', 'standard-v3', 'standard-v4a', 'highfreq-v3', 'highfreq-v4a']
const FRACTIONS = [0, 5, 20, 50, 100]
const DISK_TYPES = ['', 'network-hdd', 'network-ssd', 'network-ssd-nonreplicated', 'network-ssd-io-m3']

type Map = Readonly<Record<string, string>>

export function checkName(name: string): void {
  if (!NAME.test(name)) throw invalid('Request validation error: Name: invalid resource name')
}

export function checkLabels(labels: Map): void {
  const entries = Object.entries(labels)
  if (entries.length > 64) throw invalid('Request validation error: Labels: more than 64 labels')
  for (const [key, value] of entries) {
    if (!LABEL_KEY.test(key)) throw invalid(`Request validation error: Labels: invalid key "${key}"`)
    if (!LABEL_VALUE.test(value)) throw invalid(`Request validation error: Labels: invalid value "${value}"`)
  }
}

export function checkMetadata(metadata: Map): void {
  let total = 0
  for (const [key, value] of Object.entries(metadata)) {
    const bytes = Buffer.byteLength(value)
    if (bytes > 256 * KIB) throw invalid(`Request validation error: Metadata: value of "${key}" is too long`)
    total += bytes + Buffer.byteLength(key)
  }
  if (total >= 512 * KIB) throw invalid('Request validation error: Metadata: total size is too big')
}

/** What is wrong with an order by itself, whatever else exists in the cloud. */
export function checkOrder(order: CreateInstanceRequest): void {
  checkName(order.name)
  checkLabels(order.labels)
  checkMetadata(order.metadata)
  if (!HOSTNAME.test(order.hostname)) throw invalid('Request validation error: Hostname: invalid hostname')
  if (!ZONES.includes(order.zoneId)) throw invalid(`Zone ${order.zoneId} not found`)
  if (!PLATFORMS.includes(order.platformId)) throw invalid(`Platform ${order.platformId} not found`)
  checkResources(order)
  checkDisk(order)
  checkNetwork(order)
  const account = order.serviceAccountId
  if (account !== '' && account !== SERVICE_ACCOUNT) throw notFound(`Service account ${account} not found`)
}

function checkResources({ resourcesSpec: spec }: CreateInstanceRequest): void {
  if (spec === undefined) throw invalid('Request validation error: ResourcesSpec: Field is required')
  if (spec.cores < 2 || spec.cores % 2 !== 0)
    throw invalid(`The specified number of cores is not available: ${spec.cores}`)
  if (spec.memory < 2 ** 28 || spec.memory > spec.cores * 16 * 2 ** 30)
    throw invalid(`The specified amount of memory is not available: ${spec.memory}`)
  if (!FRACTIONS.includes(spec.coreFraction))
    throw invalid(`The specified core fraction is not available: ${spec.coreFraction}`)
}

function checkDisk({ bootDiskSpec }: CreateInstanceRequest): void {
  const spec = bootDiskSpec?.diskSpec
  if (spec === undefined) throw invalid('Request validation error: BootDiskSpec: Field is required')
  if (spec.imageId !== IMAGE) throw notFound(`Image ${spec.imageId ?? ''} not found`)
  if (!DISK_TYPES.includes(spec.typeId)) throw invalid(`Disk type ${spec.typeId} not found`)
  if (spec.size < 4 * 2 ** 30) throw invalid(`Disk size ${spec.size} is less than the image needs`)
}

function checkNetwork({ networkInterfaceSpecs: [card], zoneId }: CreateInstanceRequest): void {
  if (card === undefined) throw invalid('Request validation error: NetworkInterfaceSpecs: Field is required')
  const zone = Object.entries(SUBNETS).find(([, subnet]) => subnet === card.subnetId)?.[0]
  if (zone === undefined) throw notFound(`Subnet ${card.subnetId} not found`)
  if (zone !== zoneId) throw invalid(`Subnet ${card.subnetId} is in zone ${zone}, the instance in ${zoneId}`)
  if (card.primaryV4AddressSpec === undefined)
    throw invalid('Request validation error: PrimaryV4AddressSpec: Field is required')
}
