import { resolve } from 'node:path'
import { z } from 'zod'
import { span } from '../policy/duration.ts'

/** Where lines for Graphite go: carbon or a relay, by TCP or by a unix socket. */
export type LineAddress = { kind: 'tcp'; host: string; port: number } | { kind: 'unix'; path: string }

export const sayAddress = (address: LineAddress): string =>
  address.kind === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`

const LEAST = 1_000

/** What a controller tells of itself, beyond what is asked of it. `folder`: where relative paths count from. */
export function telemetryText(folder: string) {
  return z.strictObject({
    graphite: z
      .strictObject({
        address: addressText(folder).describe(
          'where lines are taken: `host:port` of carbon or a relay, or `unix:/path` of a socket of a relay',
        ),
        prefix: z
          .string()
          .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, {
            error: 'has to be names of letters, digits, _ and - with dots between them, such as ops.capuchin',
          })
          .default('capuchin')
          .describe('what all paths begin with'),
        every: span
          .prefault('60s')
          .refine((ms) => ms >= LEAST, { error: 'has to be at least 1s' })
          .describe('how often; as often as Graphite keeps a value'),
        tags: z
          .boolean()
          .default(false)
          .describe('send labels as tags (`;label=value`), for a Graphite that has them turned on'),
      })
      .optional()
      .describe('send the own metrics to Graphite, as well as serving them at /metrics'),
  })
}

export type GraphiteSettings = NonNullable<z.output<ReturnType<typeof telemetryText>>['graphite']>

const addressText = (folder: string) =>
  z.string().transform((text, context): LineAddress => {
    if (text.startsWith('unix:') && text.length > 'unix:'.length)
      return { kind: 'unix', path: resolve(folder, text.slice('unix:'.length)) }
    const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? []
    const port = Number(digits)
    const host = bracketed ?? plain
    if (host !== undefined && port >= 1 && port <= 65_535) return { kind: 'tcp', host, port }
    const message = `has to be such as graphite.example.com:2003 or unix:/run/relay.sock, not ${JSON.stringify(text)}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
