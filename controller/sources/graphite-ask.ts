import { z } from 'zod'
import { agentPool } from './agents.ts'
import { concealed, secretsOf } from './endpoint.ts'
import { type Fault, fault, faultOfFailure } from './fault.ts'
import { faultOfRefusal, type Rendering, seriesOf } from './graphite-answer.ts'
import type { GraphiteSettings } from './graphite-config.ts'
import { postForm } from './post.ts'
import { skewMedian, skewOf } from './skew.ts'
import type { SourceDeps } from './source.ts'

/** Asks a Graphite and never throws. `signal` ends it. */
export interface Asker {
  /** The series of the targets, in steps of what was stored after `from` until `until` (epoch ms). */
  render(targets: readonly string[], from: number, until: number, signal: AbortSignal): Promise<Rendering>
  /** The paths that each pattern matches; undefined where it does not say. */
  expand(
    patterns: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly string[]> | undefined>
  close(): void
}

const MOST_BYTES = 32_000_000

const Expanded = z.object({ results: z.record(z.string(), z.array(z.string())) })

export function graphiteAsker(config: GraphiteSettings, deps: SourceDeps, where: string): Asker {
  const base = config.url.replace(/\/+$/, '')
  const agents = agentPool()
  const skews = skewMedian()
  const post = async (path: string, form: URLSearchParams, signal: AbortSignal): Promise<Reply | Fault> => {
    const secrets = secretsOf(config, deps, where)
    if ('kind' in secrets) return secrets
    const sent = deps.now()
    const sending = { agents: agents.of(secrets.ca), secrets, signal, most: MOST_BYTES }
    const posted = await postForm(`${base}${path}`, form, sending)
    if (posted.kind === 'failure' || signal.aborted) {
      const failure = posted.kind === 'failure' ? posted.failure : undefined
      return faultOfFailure(failure, signal.aborted, where, config.timeout)
    }
    if (posted.kind === 'cut') return fault('bad-answer', `${where} broke off in the middle of its answer`)
    if (posted.kind === 'much')
      return fault('bad-answer', `${where} answers too much: aggregate in the query`)
    const { status, date, text } = posted
    const skew = skews.add(skewOf(date, sent, deps.now()))
    if (status < 200 || status >= 300) return faultOfRefusal(status, String(concealed(text, secrets)), where)
    return { kind: 'reply', text, ...(skew !== undefined && { skew }) }
  }
  return {
    async render(targets, from, until, signal) {
      const reply = await post('/render', renderForm(targets, from, until), signal)
      if (reply.kind === 'fault') return reply
      const answer = seriesOf(reply.text, where)
      return answer.kind === 'fault' || reply.skew === undefined ? answer : { ...answer, skew: reply.skew }
    },
    async expand(patterns, signal) {
      const form = new URLSearchParams({ groupByExpr: '1' })
      for (const pattern of patterns) form.append('query', pattern)
      const reply = await post('/metrics/expand', form, signal)
      return reply.kind === 'fault' ? undefined : pathsIn(reply.text)
    },
    close: agents.close,
  }
}

interface Reply {
  kind: 'reply'
  text: string
  skew?: number
}

/**
 * `noCache`, because a Graphite with a cache takes questions for equal whose from and until lie in the same minutes, and would answer
 * up to a minute late. The number of points is not limited, since that would average them.
 */
function renderForm(targets: readonly string[], from: number, until: number): URLSearchParams {
  const form = new URLSearchParams({
    from: String(Math.floor(from / 1000)),
    until: String(Math.floor(until / 1000)),
    format: 'json',
    noCache: '1',
  })
  for (const target of targets) form.append('target', target)
  return form
}

function pathsIn(text: string): ReadonlyMap<string, readonly string[]> | undefined {
  try {
    const parsed = Expanded.safeParse(JSON.parse(text))
    return parsed.success ? new Map(Object.entries(parsed.data.results)) : undefined
  } catch {
    return undefined
  }
}
