import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { commonFields, defineNotifier } from './define.ts'
import { Address, credentialFields, redact, secretsOf } from './endpoint.ts'
import { type Message, type Notice, saySubject } from './notice.ts'
import type { Notifier, NotifierDeps, Sent } from './notifier.ts'
import { sentBy } from './outcome.ts'
import { openWire } from './post.ts'

const LabelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'has to be the name of a label' })

const AlertmanagerConfig = z.strictObject({
  type: z
    .literal('alertmanager')
    .describe('keeps alerts firing in Alertmanagers as long as what they tell of lasts'),
  urls: z
    .array(Address)
    .min(1)
    .describe('where the Alertmanagers of a cluster answer; each of them is told everything')
    .meta({ examples: [['http://127.0.0.1:9093']] }),
  labels: z.record(LabelName, z.string()).default({}).describe('labels that every alert carries'),
  resend: span
    .prefault('1m')
    .describe('how often what lasts is told again; after four times as long in silence it counts as over'),
  ...credentialFields,
  ...commonFields,
})

type AlertmanagerSettings = z.output<typeof AlertmanagerConfig>

/** An alert as POST /api/v2/alerts takes it. */
interface Alert {
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string
  generatorURL: string
}

/** After so many silent resends a controller counts as gone, as with Prometheus. */
const LOST_AFTER = 4

/** The alerts of a message. The labels are those of the condition, and none of them changes while it lasts. Pure. */
function alertsOf(
  { controller, url, at, notices }: Message,
  { labels, resend }: Pick<AlertmanagerSettings, 'labels' | 'resend'>,
): Alert[] {
  return notices.flatMap((notice) => {
    if (notice.status === 'happened') return []
    const ends = notice.status === 'over' ? notice.at : at + LOST_AFTER * resend
    return [
      {
        labels: { ...labels, ...labelsOf(notice, controller) },
        annotations: {
          summary: `${saySubject(notice.subject, controller)}: ${notice.kind}`,
          description: notice.text,
        },
        startsAt: new Date(notice.since).toISOString(),
        endsAt: new Date(Math.max(ends, notice.since)).toISOString(),
        generatorURL: url,
      },
    ]
  })
}

function labelsOf(
  { kind, severity, event, subject, ...rest }: Notice,
  controller: string,
): Record<string, string> {
  const key = rest.status === 'happened' ? {} : { condition: rest.key }
  return { alertname: nameOf(kind), controller, severity, event, kind, ...subject, ...key }
}

/** "below-min" is CapuchinBelowMin. */
function nameOf(kind: string): string {
  const words = ['capuchin', ...kind.split('-')]
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function open(config: AlertmanagerSettings, deps: NotifierDeps): Notifier {
  const wire = openWire()

  async function ask(
    base: string,
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<Sent> {
    const secrets = secretsOf(config, deps)
    if ('detail' in secrets) return { kind: 'failed', detail: secrets.detail }
    const url = `${base.replace(/\/+$/, '')}${path}`
    const headers = { 'content-type': 'application/json', 'user-agent': 'capuchin', ...secrets.headers }
    const asked = {
      method: body === undefined ? 'GET' : 'POST',
      url,
      headers,
      ...(body !== undefined && { body }),
    }
    const answer = await wire.ask(asked, secrets.ca, signal)
    return sentBy(answer, signal.aborted, (text) => redact(text, url, secrets), deps.now)
  }

  async function askAll(path: string, body: string | undefined, signal: AbortSignal): Promise<Sent> {
    const all = await Promise.all(config.urls.map((base) => ask(base, path, body, signal)))
    return together(all)
  }

  return {
    tells: { kind: 'state', every: config.resend },
    send: (message, signal) => askAll('/api/v2/alerts', JSON.stringify(alertsOf(message, config)), signal),
    check: (signal) => askAll('/-/ready', undefined, signal),
    close: wire.close,
  }
}

/** They tell each other, so one that was told is enough; the others are told with the next message, which comes anyway. */
function together(all: readonly Sent[]): Sent {
  const [only] = all
  if (only !== undefined && all.length === 1) return only
  const number = (one: Sent): string => `Alertmanager ${all.indexOf(one) + 1} ${one.detail}`
  const bad = all.filter(({ kind }) => kind !== 'sent')
  const told = all.length - bad.length
  const detail = [`${told} of ${all.length} answered well`, ...bad.map(number)].join('; ')
  if (told > 0) return { kind: 'sent', detail, ...(bad.length > 0 && { missed: detail }) }
  return bad.find(({ kind }) => kind === 'failed') === undefined
    ? { kind: 'refused', detail }
    : { kind: 'failed', detail }
}

export const alertmanager = defineNotifier(AlertmanagerConfig, open)
