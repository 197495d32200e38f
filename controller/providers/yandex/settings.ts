import { z } from 'zod'
import type { Derived } from '../provider.ts'
import { size } from './size.ts'
import { isTemplateKey, isUserData, NODE_EXPORTER, RESERVED } from './words.ts'

const sayId = { error: 'has to be an id of the cloud, such as b1g8example' }
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{2,62}$/, sayId)
const Zone = z.string().regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: 'has to be the name of a zone, such as ru-central1-a',
})

const Disk = z.strictObject({
  type: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/, { error: 'has to be a type of disks, such as network-ssd' })
    .default('network-ssd')
    .describe('type of the boot disk, such as network-hdd or network-ssd'),
  size: size.prefault('30GiB').describe('size of the boot disk, not less than the image needs'),
})

const Image = z
  .strictObject({
    family: z.string().min(1).max(63).optional().describe('newest image of this family'),
    id: id.optional().describe('this very image'),
    folder: z.string().min(1).max(63).default('standard-images').describe('folder of the family'),
  })
  .refine(({ family, id: own }) => (family === undefined) !== (own === undefined), {
    error: 'needs either a family or an id',
  })

const labelKey = z
  .string()
  .regex(/^[a-z][-_a-z0-9]{0,62}$/, { error: 'has to be of lower-case letters, digits, - and _, at most 63' })
  .refine((key) => !key.startsWith(RESERVED), { error: `labels that begin with ${RESERVED} are ours` })
const labelValue = z
  .string()
  .regex(/^[-_a-z0-9]{0,63}$/, { error: 'has to be of lower-case letters, digits, - and _, at most 63' })

const Template = z
  .strictObject({
    folder: id.describe('id of the folder that the VMs are in'),
    platform: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,40}$/, { error: 'has to be a platform, such as standard-v3' })
      .default('standard-v3')
      .describe('platform of the processors'),
    cores: z.int().min(1).max(256).describe('vCPUs of a VM'),
    memory: size.describe('memory of a VM, such as 4GiB'),
    coreFraction: z
      .int()
      .min(1)
      .max(100)
      .default(100)
      .describe('% of each vCPU that is guaranteed; the cores of a host are counted as cores x this'),
    disk: Disk.prefault({}).describe('boot disk'),
    image: Image.prefault({ family: 'container-optimized-image' }).describe(
      'what the VMs start from: a Container Optimized Image',
    ),
    subnets: z
      .record(Zone, id)
      .refine((subnets) => Object.keys(subnets).length > 0, { error: 'needs at least one zone' })
      .describe('by zone: id of the subnet; its zones are those of the pool'),
    nat: z.boolean().default(false).describe('give each VM a public address'),
    address: z
      .enum(['internal', 'nat'])
      .default('internal')
      .describe('which address the controller, routers and Prometheus use'),
    serviceAccount: id.optional().describe('id of the account that pulls images from a private registry'),
    securityGroups: z.array(id).max(5).default([]).describe('ids of the security groups of the VMs'),
    preemptible: z.boolean().default(false).describe('cheaper VMs that the cloud may stop at any time'),
    cloudInit: z
      .string()
      .refine(isUserData, { error: 'has to begin with #cloud-config, or another head that cloud-init knows' })
      .optional()
      .describe('cloud-init of the VMs (their metadata `user-data`)'),
    sshKeys: z
      .array(
        z
          .string()
          .regex(/^[a-z_][-a-z0-9_]*:\S+ \S+/, { error: 'has to be such as ubuntu:ssh-ed25519 AAAA...' }),
      )
      .default([])
      .describe('who may log in: user, a colon, and the public key'),
    labels: z.record(labelKey, labelValue).default({}).describe('labels of your own on the VMs'),
    metadata: z
      .record(
        z
          .string()
          .regex(/^[a-z0-9][-_a-z0-9]{0,62}$/, { error: 'cannot be a key of metadata' })
          .refine(isTemplateKey, {
            error: 'is set by the controller, or by cloudInit and sshKeys',
          }),
        z.string(),
      )
      .default({})
      .describe('further metadata of the VMs'),
  })
  .refine(({ nat, address }) => nat || address === 'internal', {
    path: ['address'],
    error: 'nat needs nat: true: without it VMs have no public address',
  })

const Auth = z
  .strictObject({
    keyFile: z.string().min(1).optional().describe("file with a service account's authorized key (JSON)"),
    metadata: z
      .union([z.literal(true), z.url({ protocol: /^https?$/ })])
      .optional()
      .describe(
        'the service account of the VM that the controller runs on; `true`, or where its metadata service is',
      ),
    tokenFile: z.string().min(1).optional().describe('file with an IAM token that something else renews'),
  })
  .refine((auth) => Object.values(auth).filter((way) => way !== undefined).length === 1, {
    error: 'needs one of keyFile, metadata and tokenFile',
  })

const System = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, {
      error: 'has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
    })
    .describe('what it is called on its VM'),
  image: z.string().min(1).describe('container image'),
  command: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('arguments, where those of the image are not wanted'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
    .default({})
    .describe('environment variables'),
  volumes: z
    .array(z.string().min(1))
    .default([])
    .describe('mounts, as Docker Compose has them in short form'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('where it listens on its VM; only said, so that nobody takes it twice'),
})

/** The pool keys that are this provider's own. */
export const YandexKeys = z.strictObject({
  template: Template.describe('how its VMs are made'),
  auth: Auth.prefault({ metadata: true }).describe('how the controller shows the cloud who it is'),
  endpoint: z
    .string()
    .regex(/^[^\s:/]+:\d{1,5}$/, { error: 'has to be an address with a port, such as api.example:443' })
    .optional()
    .describe('where all services answer, instead of the public ones; for private stands and tests'),
  ca: z.string().min(1).optional().describe('PEM file of the authority that signs the endpoint'),
  system: z
    .array(System)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, { error: 'names one twice' })
    .default([])
    .describe('containers that every VM runs beside the instances; they take no slots'),
  nodeExporter: z
    .union([z.boolean(), z.string().min(1)])
    .default(true)
    .describe(`run a node exporter on port 9100; \`true\` is ${NODE_EXPORTER}`),
})

export type YandexSettings = z.output<typeof YandexKeys>
export type Template = YandexSettings['template']
export type SystemContainer = YandexSettings['system'][number]

/** Cores are what is guaranteed: with a fraction of them a VM may use more for a while, which no plan can count on. */
export function derive({ template }: YandexSettings): Derived {
  return {
    zones: Object.keys(template.subnets),
    cores: Math.round(template.cores * template.coreFraction) / 100,
  }
}
