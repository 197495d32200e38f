import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SourceSettings } from '../../../controller/sources/index.ts'
import { startKafka } from '../../support/kafka.ts'
import { tempFolder } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import { handsOn } from './kafka-brokers.ts'
import { deps } from './wire.ts'

const INTERVAL = 200

needs('kafka')('a broker that loses one of its disks', () => {
  test('the partitions on it make the answer partial, with what is known of the others', async () => {
    const folder = await tempFolder('disks')
    const [kept, lost] = [join(folder, 'kept'), join(folder, 'lost')]
    await mkdir(lost, { recursive: true })
    const broker = await startKafka({
      settings: {
        'log.dirs': `${kept},${lost}`,
        'metadata.log.dir': kept,
        // It notices when it next writes down how far it has got.
        'log.flush.offset.checkpoint.interval.ms': 300,
      },
    })
    const hands = handsOn(broker.address)
    await broker.createTopic('halved', 4)
    for (const partition of [0, 1, 2, 3]) await hands.produce('halved', partition, 5)
    const settings = SourceSettings.parse({
      type: 'kafka',
      brokers: [broker.address],
      interval: `${INTERVAL}ms`,
    })
    const source = settings.open(deps())
    const read = async () => {
      const to = Date.now() - INTERVAL
      const question = {
        query: 'end(topic=halved)',
        per: 'workload',
        from: to - 1_000,
        to,
        step: INTERVAL,
        interval: INTERVAL,
      } as const
      return await source.read(question, AbortSignal.timeout(5_000))
    }
    const whole = await until(async () => {
      const reading = await read()
      return reading.kind === 'samples' && reading
    })
    expect(whole.samples.at(-1)?.value).toBe(20)

    await rm(lost, { recursive: true })
    const partial = await until(
      async () => {
        const reading = await read()
        return reading.kind === 'partial' && reading
      },
      { within: 30_000, what: 'the lost disk to be noticed' },
    )
    expect(partial).toMatchObject({ share: 0.5, seen: [] })
    expect(partial.detail).toMatch(/^2 of 4 partitions are known: partition \d: /)
    expect(partial.samples.at(-1)?.value).toBe(10)
    await source.close()
    await hands.close()
    await broker.kill()
  })
})
