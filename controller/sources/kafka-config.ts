import { z } from 'zod'
import { span } from '../policy/duration.ts'

const LONGEST_TIMEOUT = 5_000

const Broker = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]@/]+):\d{1,5}$/, {
    error: 'has to be a host and a port, such as kafka-1:9092',
  })
  .refine((text) => !(Number(text.slice(text.lastIndexOf(':') + 1)) > 65_535), {
    error: 'has a port beyond 65535',
  })

const Sasl = z.strictObject({
  mechanism: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
    .default('SCRAM-SHA-512')
    .describe('how the password is proved; PLAIN sends it, so use it with ssl'),
  username: z.string().min(1).describe('who asks'),
  passwordFile: z.string().min(1).describe('file that holds the password, read anew for each connection'),
})

/**
 * `interval`: how often the brokers are asked, `timeout`: the deadline of one round of questions (by default the interval, at most
 * 5 s); both ms. `reset`: where a group begins in a partition in which it has committed nothing, as its auto.offset.reset says.
 */
export const KafkaConfig = z
  .strictObject({
    type: z.literal('kafka').describe('Kafka itself, asked for offsets and groups'),
    brokers: z
      .array(Broker)
      .min(1)
      .describe('brokers to ask first; they name the others')
      .meta({ examples: [['kafka-1:9092', 'kafka-2:9092']] }),
    interval: span.prefault('5s').describe('how often the brokers are asked'),
    timeout: span
      .optional()
      .describe('time that one round of questions may take; by default the interval, at most 5s'),
    reset: z
      .enum(['earliest', 'latest'])
      .default('earliest')
      .describe(
        'where groups begin in a partition in which they have committed nothing, as their auto.offset.reset says: with earliest all of it is lag, with latest the lag is unknown until they commit',
      ),
    ssl: z.boolean().default(false).describe('whether the brokers are spoken to over TLS'),
    ca: z
      .string()
      .min(1)
      .optional()
      .describe('file with the certificate that signs those of the brokers; needs ssl'),
    sasl: Sasl.optional().describe('user and password, as Kafka knows them'),
  })
  .refine(({ interval, timeout }) => timeout === undefined || timeout <= interval, {
    path: ['timeout'],
    error: 'must not be longer than interval: a round has to end before the next',
  })
  .refine(({ ca, ssl }) => ca === undefined || ssl, {
    path: ['ca'],
    error: 'makes no sense without ssl: true',
  })

export type KafkaSettings = z.output<typeof KafkaConfig>

export const roundTimeoutOf = ({ interval, timeout }: Pick<KafkaSettings, 'interval' | 'timeout'>): number =>
  timeout ?? Math.min(interval, LONGEST_TIMEOUT)
