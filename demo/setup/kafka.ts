import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrokerCommands, prepareBroker } from '../../scripts/kafka/broker.ts'
import { fetchKafka, findKafka, KAFKA_VERSION } from '../../scripts/kafka/home.ts'
import type { Cleanup } from '../cleanup.ts'
import type { Outside } from '../outside.ts'
import { type Alarm, awaited, Trouble } from '../trouble.ts'
import { type Child, startChild } from './child.ts'
import type { Place } from './place.ts'
import { createTopic } from './topic.ts'

const STARTS_WITHIN = 90_000
const STOP_WITHIN = 15_000

/**
 * The folder of Kafka's jars: that of KAFKA_HOME, or else a cache, which is filled from Maven Central once, with a line that says
 * so. Throws Trouble with the remedy where there is neither.
 */
export function provideKafka({ env, out }: Pick<Outside, 'env' | 'out'>): string {
  const known = findKafka(env)
  if (known.kind === 'found') return known.libs
  if (env['KAFKA_HOME']) throw new Trouble(known.why)
  out(
    `Fetching Apache Kafka ${KAFKA_VERSION} from Maven Central with mvn, once; this takes up to a minute ...\n`,
  )
  const fetched = fetchKafka(env)
  if (fetched.kind === 'found') return fetched.libs
  throw new Trouble(
    `${fetched.why}\nWith --kafka it needs Java 17 and mvn (on Debian: apt-get install openjdk-17-jre-headless maven), or a\n` +
      'Kafka 4 that is unpacked already, named by KAFKA_HOME. Without --kafka it needs neither.',
  )
}

/** A Kafka of one node in the demo's folder, with the topic. It is stopped by the cleanup, and raises the alarm when it ends before. */
export async function runKafka(
  libs: string,
  { folder, ports }: Place,
  partitions: number,
  { alarm, cleanup }: { alarm: Alarm; cleanup: Cleanup },
): Promise<void> {
  const own = join(folder, 'kafka')
  await mkdir(own)
  const commands = prepareBroker({
    ...{ libs, folder: own, port: ports.broker, controllerPort: ports.quorum },
    // A busy machine may hold up its heartbeats for longer than tests allow.
    settings: { 'broker.session.timeout.ms': 18_000, 'broker.heartbeat.interval.ms': 1_000 },
  })
  await format(commands, own, alarm)
  const broker = begin(commands.run, own)
  let stopping = false
  cleanup.later('Kafka', async () => {
    stopping = true
    await broker.stop(STOP_WITHIN)
  })
  void broker.ended.then(({ how }) => {
    if (!stopping)
      alarm.raise(new Trouble(`Kafka ended by itself (${how}). Its last lines:\n${broker.lastWords()}`))
  })
  const made = await awaited(() => createTopic(ports, partitions), STARTS_WITHIN, alarm.signal)
  if (made === undefined)
    throw new Trouble(`Kafka did not serve within ${STARTS_WITHIN / 1000} s:\n${broker.lastWords()}`)
}

async function format({ format: command }: BrokerCommands, folder: string, alarm: Alarm): Promise<void> {
  const formatting = begin(command, folder)
  const { code, how } = await formatting.ended
  alarm.signal.throwIfAborted()
  if (code === 0) return
  throw new Trouble(
    `Kafka could not be prepared (${how}). It needs Java 17 or later (on Debian: apt-get install openjdk-17-jre-headless).\n` +
      formatting.lastWords(),
  )
}

const begin = ([program = '', ...args]: readonly string[], folder: string): Child =>
  startChild(program, args, { cwd: folder, log: join(folder, 'kafka.log') })
