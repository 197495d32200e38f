import { join } from 'node:path'
import { readEvents } from '../../../ingest/shared/file/event-file.ts'
import { type Running, start, tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'

/** A real consumer process with a file sink. */
export type ConsumerProcess = { child: Running; url: string; dir: string }

type ConsumerPlan = {
  broker: string
  args?: readonly string[]
}

/** Sessions as short as the brokers of the tests allow. */
const SHORT = ['--session-timeout', '6s', '--rebalance-timeout', '10s']

/** Starts a consumer, and waits until its port is open. */
export const startConsumer = async ({ broker, args = [] }: ConsumerPlan): Promise<ConsumerProcess> => {
  const folder = await tempFolder('consumer')
  const command = [
    'ingest/consumer/main.ts',
    '--addr',
    '127.0.0.1:0',
    '--kafka',
    broker,
    '--sink',
    'file',
    '--dir',
    folder,
    ...SHORT,
    ...args,
  ]
  const child = await start([process.execPath, ...command])
  const port = await until(() => portOf(child), { what: 'the consumer to listen', within: 30_000 })
  return { child, url: `http://127.0.0.1:${port}`, dir: folder }
}

const portOf = (child: Running): number | undefined => {
  if (child.exit() !== undefined) throw new Error(`the consumer ended: ${child.stderr()}`)
  const [, port] = /"port":(\d+)/.exec(child.stderr()) ?? []
  return port === undefined ? undefined : Number(port)
}

/** Status and body of /ready. */
export const ready = async (url: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${url}/ready`)
  return { status: response.status, body: JSON.parse(await response.text()) }
}

/** The value of a metric, named with its labels as in the text; undefined when it is not there. */
export const metric = async (url: string, name: string): Promise<number | undefined> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

/** What a file sink holds, one entry a line. */
type Line = {
  topic: string
  partition: number
  offset: number
  id: string
  event: Record<string, unknown>
}

export const linesIn = async (dir: string): Promise<Line[]> => {
  const lines: Line[] = []
  try {
    for await (const line of readEvents(join(dir))) lines.push(JSON.parse(line.toString()))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return lines
}
