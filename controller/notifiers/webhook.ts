import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { commonFields, defineNotifier } from './define.ts'
import { Address, credentialFields, readSecret, redact, secretsOf } from './endpoint.ts'
import type { Message } from './notice.ts'
import type { Notifier, NotifierDeps, Sent } from './notifier.ts'
import { sentBy } from './outcome.ts'
import { openWire } from './post.ts'
import { presetNames, presets } from './presets.ts'
import {
  fill,
  fillWords,
  lineFaults,
  type Template,
  templateFaults,
  usualLine,
  valuesOf,
} from './template.ts'

const Body: z.ZodType<Template> = z.union([z.string().min(1), z.record(z.string(), z.unknown())])

const WebhookConfig = z
  .strictObject({
    type: z.literal('webhook').describe('posts a message to an address'),
    url: Address.optional().describe(
      'where to post to; an address that holds a secret belongs into a file: urlFile',
    ),
    urlFile: z.string().min(1).optional().describe('file that holds the address, read anew for each message'),
    preset: z
      .enum(presetNames)
      .optional()
      .describe('a body that a well-known receiver understands; by default json'),
    template: Body.optional().describe(
      'the body, in place of a preset: a mapping is sent as JSON, a text as it is; placeholders are filled in',
    ),
    line: z
      .string()
      .min(1)
      .default(usualLine)
      .describe('what a message says of each notice; placeholders are filled in'),
    chat: z.string().min(1).optional().describe('chat_id of the chat, for Telegram'),
    ...credentialFields,
    ...commonFields,
    repeat: span.prefault('4h').describe('after how long somebody is reminded of what still lasts'),
  })
  .superRefine((config, { addIssue }) => {
    const add = (path: (string | number)[], message: string): void =>
      addIssue({ code: 'custom', path, message })
    if ((config.url === undefined) === (config.urlFile === undefined))
      add(['url'], 'has to be there, or urlFile, and not both')
    if (config.template !== undefined && config.preset !== undefined)
      add(['template'], 'cannot stand beside preset, which is a template of its own')
    if ((config.preset === 'telegram') !== (config.chat !== undefined))
      add(['chat'], 'belongs to preset: telegram, which needs it')
    for (const { path, message } of templateFaults(config.template)) add(['template', ...path], message)
    for (const message of lineFaults(config.line)) add(['line'], message)
  })

type WebhookSettings = z.output<typeof WebhookConfig>

function open(config: WebhookSettings, deps: NotifierDeps): Notifier {
  const wire = openWire()

  async function ask(method: string, body: Body | undefined, signal: AbortSignal): Promise<Sent> {
    const url = addressOf(config, deps)
    if (typeof url !== 'string') return { kind: 'failed', detail: url.detail }
    const secrets = secretsOf(config, deps)
    if ('detail' in secrets) return { kind: 'failed', detail: secrets.detail }
    const headers = {
      ...(body !== undefined && { 'content-type': body.type }),
      'user-agent': 'capuchin',
      ...secrets.headers,
    }
    const asked = { method, url, headers, ...(body !== undefined && { body: body.text }) }
    const answer = await wire.ask(asked, secrets.ca, signal)
    return sentBy(answer, signal.aborted, (text) => redact(text, url, secrets), deps.now)
  }

  return {
    tells: { kind: 'changes' },
    send: (message, signal) => ask('POST', bodyOf(config, message), signal),
    async check(signal) {
      const answered = await ask('HEAD', undefined, signal)
      // Whoever takes messages need not take anything else, so that any answer shows that somebody is there.
      return answered.kind === 'refused' ? { kind: 'sent', detail: 'somebody answers there' } : answered
    },
    close: wire.close,
  }
}

interface Body {
  type: string
  text: string
}

function addressOf({ url, urlFile = '' }: WebhookSettings, deps: NotifierDeps): string | { detail: string } {
  if (url !== undefined) return url
  const read = readSecret(urlFile, deps)
  if (typeof read !== 'string') return read
  return Address.safeParse(read).success
    ? read
    : { detail: `${urlFile} has to hold an http or https address` }
}

/** The body of a message, by the template of the settings or the preset that they name. */
function bodyOf({ preset = 'json', template, line, chat }: WebhookSettings, message: Message): Body {
  const { template: usual, soften, most } = presets[preset]
  const values = valuesOf(message, { line, soften: template === undefined ? soften : (text) => text, most })
  const wanted = template ?? usual
  if (typeof wanted === 'string')
    return { type: 'text/plain; charset=utf-8', text: fillWords(wanted, values) }
  const whole = { ...(chat !== undefined && { chat_id: chat }), ...Object(fill(wanted, values)) }
  return { type: 'application/json', text: JSON.stringify(whole) }
}

export const webhook = defineNotifier(WebhookConfig, open, ({ repeat }) => repeat)
