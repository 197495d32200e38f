import { resolve } from 'node:path'
import { z } from 'zod'
import { Name } from '../policy/fields.ts'
import { StoreSettings } from '../store/index.ts'
import { telemetryText } from './telemetry.ts'
import { Tick } from './tick.ts'

/** A host and a port to listen on. */
export interface Listen {
  host: string
  port: number
}

const ListenText = z
  .string({ error: 'has to be an address with a port, such as 127.0.0.1:7070' })
  .transform((text, context): Listen => {
    const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? []
    const port = Number(digits)
    const host = bracketed ?? plain
    if (host !== undefined && port >= 0 && port <= 65_535) return { host, port }
    const message = `has to be an address with a port, such as 127.0.0.1:7070, not ${JSON.stringify(text)}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

const HostName = z.string().regex(/^[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_])?$/, {
  error: 'has to be a host name in lower case without a port, such as capuchin.example.org',
})

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * What operators write in capuchin.yaml. Sources and pools are looked at one by one, so that a wrong one does not hide the others.
 * `folder`, absolute, is where the file lies; relative paths in it count from there.
 */
export function settingsText(folder: string) {
  const path = z
    .string()
    .min(1)
    .transform((text) => resolve(folder, text))
  return z.strictObject({
    name: Name.default('capuchin').describe('what this controller calls itself on hosts and in logs'),
    tick: Tick.prefault('15s').describe('how often it looks and decides'),
    sources: z.record(Name, z.unknown()).default({}).describe('where metrics come from'),
    pools: z
      .record(Name, z.unknown())
      .refine((pools) => Object.keys(pools).length > 0, { error: 'needs at least one pool' })
      .describe('the hosts that workloads run on: at least one pool'),
    store: z
      .preprocess((raw) => fromFolder(folder, raw), StoreSettings)
      .prefault({ type: 'file', dir: './state' })
      .describe('where it remembers'),
    server: z
      .strictObject({
        listen: ListenText.prefault('127.0.0.1:7070').describe('where the status page and metrics are'),
        tokenFile: path.optional().describe('file with the token that changes have to carry'),
        reads: z
          .enum(['open', 'token'])
          .optional()
          .describe(
            'whether reading needs the token too: open where it listens on loopback, token elsewhere',
          ),
        names: z
          .array(HostName)
          .max(100)
          .default([])
          .describe('host names that it is reached by, besides localhost and addresses'),
        tls: z
          .strictObject({
            cert: path.describe('PEM file of the certificate, with those that sign it behind it'),
            key: path.describe('PEM file of its private key'),
          })
          .optional()
          .describe('serve HTTPS; files that change are read again'),
      })
      .prefault({})
      .describe('what it serves itself'),
    notify: z.record(Name, z.unknown()).default({}).describe('who is told of alarms and changes'),
    policies: path.prefault('./policies').describe('folder of the policy files'),
    log: z
      .strictObject({ level: z.enum(logLevels).default('info').describe('least level that is written') })
      .prefault({})
      .describe('what it writes to standard output'),
    telemetry: telemetryText(folder).prefault({}).describe('what it tells of itself, without being asked'),
    publish: z
      .strictObject({ dir: path.prefault('./state/published').describe('folder of the lists of instances') })
      .prefault({})
      .describe('what it tells routers and Prometheus'),
  })
}

export type SettingsText = z.output<ReturnType<typeof settingsText>>

/** Every store that writes has its folder under `dir`. */
function fromFolder(folder: string, raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('dir' in raw) || typeof raw.dir !== 'string') return raw
  return raw.dir === '' ? raw : { ...raw, dir: resolve(folder, raw.dir) }
}
