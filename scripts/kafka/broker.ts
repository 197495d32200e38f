import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `advertise`: the port that clients are told to come to, where something stands in front of the broker. */
export interface BrokerPlan {
  libs: string
  folder: string
  port: number
  controllerPort: number
  advertise?: number
  /** Options of the JVM in place of the usual ones. */
  jvm?: readonly string[]
  /** Settings beyond those here, by their names in server.properties. */
  settings?: Readonly<Record<string, string | number>>
}

/** Commands (no shell): `format` once in a new folder, then `run` as often as wanted, on the same data. */
export interface BrokerCommands {
  format: string[]
  run: string[]
}

/** Options of the JVM: of the size that a broker for tests needs. */
export const JVM = ['-Xms256m', '-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=4']

/** The same for one that starts often and does little: compiling less takes a third off what a start costs. */
export const QUICK_JVM = [...JVM.slice(0, -1), '-XX:TieredStopAtLevel=1']

/** Writes the files of a single-node broker (KRaft) into the folder, and answers how to start it. */
export function prepareBroker(plan: BrokerPlan): BrokerCommands {
  const settings = join(plan.folder, 'server.properties')
  const logging = join(plan.folder, 'log4j2.properties')
  writeFileSync(settings, propertiesOf({ ...settingsOf(plan), ...plan.settings }))
  writeFileSync(logging, propertiesOf(LOGGING))
  const java = [
    'java',
    ...(plan.jvm ?? JVM),
    `-Dlog4j2.configurationFile=${logging}`,
    '-cp',
    join(plan.libs, '*'),
  ]
  return {
    format: [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', settings],
    run: [...java, 'kafka.Kafka', settings],
  }
}

const settingsOf = ({ folder, port, controllerPort, advertise = port }: BrokerPlan) => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertise}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'log.dirs': join(folder, 'data'),
  // As careful operators set it: a misspelt topic is an error, not a new topic.
  'auto.create.topics.enable': 'false',
  'num.partitions': 3,
  // One node has one copy of everything, and no use for many partitions of its own topics.
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 1,
  // Groups form at once, and notice a dead member as soon as a test wants.
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 500,
  // A broker that was killed may register again once its controller has forgotten it, which takes 9 s by default.
  'broker.session.timeout.ms': 1000,
  'broker.heartbeat.interval.ms': 200,
  'num.network.threads': 2,
  'num.io.threads': 2,
})

const LOGGING = {
  'rootLogger.level': 'WARN',
  'rootLogger.appenderRefs': 'out',
  'rootLogger.appenderRef.out.ref': 'out',
  'appender.out.type': 'Console',
  'appender.out.name': 'out',
  'appender.out.layout.type': 'PatternLayout',
  'appender.out.layout.pattern': '%d %p %c %m%n',
}

/** Java reads a backslash in such a file as the begin of an escape. */
const propertiesOf = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('')

const clusterId = (): string => randomBytes(16).toString('base64url').replace(/^-/, 'A')
