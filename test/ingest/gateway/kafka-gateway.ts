import { type Running, start } from '../../support/process.ts'
import { until } from '../../support/until.ts'
import { gatewayCommand } from './gateway.ts'

/** A gateway process that writes to Kafka, or tries to. */
export type KafkaGateway = { child: Running; url: string }

/** Starts the real gateway on a free port, and waits until it listens; whether it is ready is another matter. */
export const startKafkaGateway = async (
  kafka: string,
  topic: string,
  ...args: readonly string[]
): Promise<KafkaGateway> => {
  const child = await start(
    gatewayCommand('--addr', '127.0.0.1:0', '--kafka', kafka, '--topic', topic, ...args),
    { env: { CAPUCHIN_DRAIN_TOKEN: undefined } },
  )
  const port = await until(() => /"port":(\d+)/.exec(child.stdout())?.[1], { what: 'a gateway that listens' })
  return { child, url: `http://127.0.0.1:${port}` }
}

export const untilReady = (gateway: KafkaGateway): Promise<unknown> =>
  until(async () => (await readiness(gateway)).status === 200, { within: 15_000, what: 'a ready gateway' })

/** What `/ready` answers. */
export const readiness = async ({ url }: KafkaGateway): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) })
  return { status: response.status, text: await response.text() }
}

/** The answer to one event. */
export type Posted = { status: number; text: string; retryAfter: string | null; event: string }

export const postEvent = async ({ url }: KafkaGateway, event: string): Promise<Posted> => {
  const response = await fetch(`${url}/post`, { method: 'POST', body: event })
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, text: await response.text(), retryAfter, event }
}

/** Where an acknowledged event lies. */
export const placeOf = ({ text }: Posted): string => {
  const { partition, Offset } = JSON.parse(text)
  return `${partition}/${Offset}`
}
