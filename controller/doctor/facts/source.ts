import { z } from 'zod'
import { agentPool } from '../../sources/agents.ts'
import { secretsOf } from '../../sources/endpoint.ts'
import { faultOfFailure, faultOfStatus, sayText } from '../../sources/fault.ts'
import type { GraphiteSettings } from '../../sources/graphite-config.ts'
import type { SourceSetting } from '../../sources/index.ts'
import { postForm } from '../../sources/post.ts'
import type { PrometheusSettings } from '../../sources/prometheus-config.ts'
import type { RawSelector } from '../../sources/selectors.ts'
import { skewOf } from '../../sources/skew.ts'
import type { SourceDeps } from '../../sources/source.ts'
import type { Answered } from '../judge/source.ts'

/** A source that is a server which others fill, asked over HTTP. */
export type Endpoint = PrometheusSettings | GraphiteSettings

/** The endpoint behind a setting; undefined for sources that are no such servers. */
export function endpointOf({ config }: SourceSetting): Endpoint | undefined {
  return config.type === 'prometheus' || config.type === 'graphite' ? config : undefined
}

const MOST_BYTES = 32_000_000

/** What an endpoint answers to a form: its JSON, or why there is none. */
export type Reply =
  | (Extract<Answered, { kind: 'answered' }> & { value: unknown })
  | Extract<Answered, { kind: 'fault' }>

/** Asks an endpoint once, with its credentials. Never rejects. */
async function ask(
  endpoint: Endpoint,
  path: string,
  form: URLSearchParams,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<Reply> {
  const { url, timeout, type } = endpoint
  const where = `${type} at ${url}`
  const secrets = secretsOf(endpoint, deps, where)
  if ('kind' in secrets) return { kind: 'fault', detail: secrets.detail }
  const agents = agentPool()
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  const sent = deps.now()
  const sending = { agents: agents.of(secrets.ca), secrets, signal: ended, most: MOST_BYTES }
  const posted = await postForm(`${url.replace(/\/+$/, '')}${path}`, form, sending)
  const received = deps.now()
  agents.close()
  if (posted.kind === 'failure' || ended.aborted)
    return faultOfFailure(
      posted.kind === 'failure' ? posted.failure : undefined,
      ended.aborted,
      where,
      timeout,
    )
  if (posted.kind !== 'reply')
    return { kind: 'fault', detail: `${where} broke off in the middle of its answer` }
  const { status, date, text } = posted
  if (status < 200 || status >= 300) return faultOfStatus(status, text.slice(0, 200), where)
  const skew = skewOf(date, sent, received)
  try {
    return {
      kind: 'answered',
      took: received - sent,
      value: JSON.parse(text),
      ...(skew !== undefined && { skew }),
    }
  } catch {
    return { kind: 'fault', detail: sayText(text, where) }
  }
}

/** A question that every server of its kind can answer without any data. */
export function askAnything(endpoint: Endpoint, deps: SourceDeps, signal: AbortSignal): Promise<Reply> {
  if (endpoint.type === 'prometheus')
    return ask(endpoint, '/api/v1/query', new URLSearchParams({ query: 'vector(1)' }), deps, signal)
  const form = new URLSearchParams({ target: 'constantLine(1)', from: '-2min', format: 'json' })
  return ask(endpoint, '/render', form, deps, signal)
}

const Vector = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
})

/** An instant query of a Prometheus: series with their values; undefined when that cannot be had. */
async function vector(endpoint: Endpoint, query: string, deps: SourceDeps, signal: AbortSignal) {
  const reply = await ask(endpoint, '/api/v1/query', new URLSearchParams({ query }), deps, signal)
  if (reply.kind === 'fault') return undefined
  const read = Vector.safeParse(reply.value).data
  return read?.data.result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }))
}

/** How `up` stands for those who are ready, by id and by address. */
export async function upOf(
  endpoint: Endpoint,
  names: readonly string[],
  deps: SourceDeps,
  signal: AbortSignal,
) {
  const matcher = names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  const found = await vector(endpoint, `up{instance=~${JSON.stringify(matcher)}}`, deps, signal)
  return found && new Map(found.map(({ metric, value }) => [metric['instance'] ?? '', value]))
}

/** Intervals over which samples are looked at. */
const LOOKED_AT = 12

const Matrix = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
})

/**
 * How far apart raw samples of a metric really are, ms: the median of the gaps of the series that has most of them; undefined where
 * that cannot be told, as of one that has only just begun.
 */
export async function spacingOf(
  endpoint: Endpoint,
  { text, metric }: Pick<RawSelector, 'text' | 'metric'>,
  interval: number,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<number | undefined> {
  const window = `[${LOOKED_AT * interval}ms]`
  const [most] = (await vector(endpoint, `topk(1, count_over_time(${text}${window}))`, deps, signal)) ?? []
  if (most === undefined || metric === undefined) return undefined
  const { __name__: _name, ...labels } = most.metric
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const query = new URLSearchParams({ query: `${metric}{${matchers.join(',')}}${window}` })
  const reply = await ask(endpoint, '/api/v1/query', query, deps, signal)
  const read = reply.kind === 'fault' ? undefined : Matrix.safeParse(reply.value).data
  const times = read?.data.result[0]?.values.map(([seconds]) => seconds * 1_000) ?? []
  const gaps = times
    .slice(1)
    .map((t, i) => t - (times[i] ?? t))
    .sort((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)]
}
