import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Producer } from '@platformatic/kafka'
import { makeCertificate, putInUse } from '../../ingest/gateway/certificates.ts'
import type { Drive } from './drive.ts'
import { TOPIC } from './policies.ts'
import { keepOn, lay, takeBack } from './speak.ts'
import type { World } from './world.ts'

/** What senders, brokers and those who keep certificates do. */
export const eventsOfServices = {
  load: async ({ load }) => load.rate(90),
  calm: async ({ load }) => load.rate(0),
  'bad posts': async ({ place }) =>
    keepOn(1, async (signal) => {
      const [address] = (await readFile(join(place.published, 'ingest.list'), 'utf8')).split('\n')
      await fetch(`http://${address}/post`, { method: 'POST', body: '{ no json', signal })
    }),
  // Again and again: what is counted while a consumer is too busy to be scraped is no increase afterwards.
  poison: async (world) =>
    keepOn(1, async (signal) => {
      await produce(world, 1, () => '{ no json')
      await sleep(300, undefined, { signal })
    }),
  backlog: (world) => produce(world, 2_000, (n) => JSON.stringify({ n })),
  'second consumer': async ({ place }) => lay(place, { kind: 'pin', workload: 'consumer', size: 2 }),
  'one consumer': async ({ place }) => {
    await takeBack(place, 'consumer')
    await lay(place, { kind: 'pin', workload: 'consumer', size: 1 })
  },
  'broker frozen': async ({ broker }) => {
    broker.freeze()
    return () => broker.thaw()
  },
  'new certificate': async ({ tls }) => putInUse(tls, await makeCertificate(tls, 'second', 90)),
  lines: async ({ relay }) =>
    keepOn(1, async (signal) => {
      const socket = connect(relay.lines, '127.0.0.1')
      socket.on('error', () => {})
      socket.end('no sample at all\n'.repeat(10) + 'proof.lines 1 -1\n'.repeat(500))
      await once(socket, 'close', { signal })
    }),
  'relay killed': async ({ relay }) => void relay.child.signal('SIGKILL'),
  'exporter frozen': async ({ exporter }) => {
    exporter.signal('SIGSTOP')
    return () => void exporter.signal('SIGCONT')
  },
} satisfies Record<string, Drive>

const produce = async ({ broker }: World, count: number, textOf: (n: number) => string): Promise<void> => {
  const producer = new Producer({ clientId: 'proof', bootstrapBrokers: [broker.address] })
  const messages = Array.from({ length: count }, (_, n) => ({
    ...{ topic: TOPIC, partition: n % 2, value: Buffer.from(textOf(n)) },
  }))
  await producer.send({ messages, acks: -1 })
  await producer.close()
}
