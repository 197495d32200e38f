import { z } from 'zod'

const count = z.int().nonnegative()
const time = z.number().nonnegative()
const workload = z.string()

const Act = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause'), workload }),
  z.strictObject({ kind: z.literal('pause-all') }),
  z.strictObject({ kind: z.literal('pin'), workload, size: count }),
  z.strictObject({ kind: z.enum(['at-least', 'at-most']), workload, size: count }),
  z.strictObject({ kind: z.literal('freeze'), subject: z.string() }),
  z.strictObject({ kind: z.literal('hosts'), pool: z.string(), hosts: count }),
  z.strictObject({ kind: z.literal('drain-host'), host: z.string() }),
  z.strictObject({ kind: z.literal('hold-pool'), pool: z.string() }),
])

/** An override as store and history keep it. Tests of both hold it to the type. */
export const OverrideSchema = z.strictObject({
  id: z.string(),
  act: Act,
  by: z.string(),
  why: z.string(),
  at: time,
  until: time.exactOptional(),
  rewound: time.exactOptional(),
})
