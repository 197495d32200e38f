import { run } from '../../../ingest/gateway/app.ts'
import { parseOptions } from '../../../ingest/gateway/options.ts'
import { openKafkajs } from './kafkajs.ts'

// The gateway as it is, with its command line, on the other Kafka client.
const stopped = new Promise<string>((resolve) => process.on('SIGTERM', resolve))
const parsed = parseOptions(process.argv.slice(2))
if (parsed.kind !== 'run') throw new Error(parsed.kind === 'wrong' ? parsed.why : 'usage: as for the gateway')
process.exit(
  await run(parsed.options, { drainToken: undefined, stopped, onRenew: () => {}, openProducer: openKafkajs }),
)
