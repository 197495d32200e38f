import { PrometheusDriver } from 'prometheus-query'
import { type Agents, agentPool } from './agents.ts'
import { concealed, type Secrets, secretsOf } from './endpoint.ts'
import { faultOfFailure } from './fault.ts'
import { type Answer, answerOf } from './prometheus-answer.ts'
import type { PrometheusSettings } from './prometheus-config.ts'
import { faultOfRefusal } from './prometheus-fault.ts'
import { skewMedian, skewOf } from './skew.ts'
import type { SourceDeps } from './source.ts'

/** A range query: values at `start`, `start + step`, ... up to `end`; epoch ms and ms. */
export interface Range {
  start: number
  end: number
  step: number
}

/** Asks a Prometheus one range query and never throws. `signal` ends it, and its deadline does. */
export interface Asker {
  ask(query: string, range: Range, signal: AbortSignal): Promise<Answer>
  close(): void
}

const MOST_BYTES = 32_000_000

/** What came over the wire, beside what the library makes of it. */
interface Wire {
  status: number
  date: string | undefined
  body: unknown
}

/** The part of the library's response that is looked at. */
interface Response {
  status: number
  headers: Readonly<Record<string, unknown>>
  data: unknown
}

/** An answer without series. */
const nothing = { status: 'success', data: { resultType: 'matrix', result: [] } }

const isOk = (status: number): boolean => status >= 200 && status < 300

function wireOf({ status, headers, data }: Response): Wire {
  const date = headers['date']
  return { status, date: typeof date === 'string' ? date : undefined, body: data }
}

export function prometheusAsker(config: PrometheusSettings, deps: SourceDeps, where: string): Asker {
  const agents = agentPool()
  const skews = skewMedian()
  return {
    async ask(query, range, signal) {
      const secrets = secretsOf(config, deps, where)
      if ('kind' in secrets) return secrets
      const sent = deps.now()
      const result = await request(config, secrets, agents.of(secrets.ca), query, range, signal)
      if ('failure' in result) return faultOfFailure(result.failure, signal.aborted, where, config.timeout)
      const { wire } = result
      const skew = skews.add(skewOf(wire.date, sent, deps.now()))
      if (!isOk(wire.status)) return faultOfRefusal(wire.status, concealed(wire.body, secrets), where)
      const answer = answerOf(wire.body, where)
      return answer.kind === 'fault' || skew === undefined ? answer : { ...answer, skew }
    },
    close: agents.close,
  }
}

/**
 * One request through the library. Signal, agents and limits go in through its request interceptor; status, Date and body come out
 * through its response interceptor, because it drops the warnings of an answer and the status of a refusal without JSON.
 */
async function request(
  config: PrometheusSettings,
  { auth, headers }: Secrets,
  agents: Agents,
  query: string,
  { start, end, step }: Range,
  signal: AbortSignal,
): Promise<{ wire: Wire } | { failure: unknown }> {
  let wire: Wire | undefined
  let failure: unknown
  const limits = { maxRedirects: 0, maxContentLength: MOST_BYTES }
  const driver = new PrometheusDriver({
    endpoint: config.url,
    preferPost: true,
    // A server nearby needs no compression, which costs both sides more than the bytes do.
    headers: { 'accept-encoding': 'identity', ...headers },
    timeout: config.timeout,
    ...(auth && { auth }),
    requestInterceptor: {
      onFulfilled: (options) =>
        Object.assign(options, { ...agents, ...limits, signal, proxy: false, adapter: 'http' }),
    },
    responseInterceptor: {
      onFulfilled(response) {
        wire = wireOf(response)
        // The library would make an object of every value, which nobody looks at.
        return { ...response, data: nothing }
      },
      onRejected(error) {
        // An answer that broke off has a response too, with status 200 and without its body.
        const refusal: Response | undefined = error?.response
        if (refusal !== undefined && !isOk(refusal.status)) wire = wireOf(refusal)
        failure = error
        throw error
      },
    },
  })
  try {
    await driver.rangeQuery(query, start, end, step / 1000)
  } catch (thrown) {
    // What the library throws has lost the code of the error where half an answer had come.
    failure ??= thrown
  }
  return wire === undefined ? { failure } : { wire }
}
