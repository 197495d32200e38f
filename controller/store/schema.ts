import { z } from 'zod'
import type { Manifest } from '../decision/fleet.ts'
import { OverrideSchema } from '../decision/override-schema.ts'
import { intentKey, type StoreState } from '../decision/state.ts'

/** What is on disk: the state with the numbers that guard it. */
export interface Saved {
  version: 1
  epoch: number
  revision: number
  state: StoreState
}

const count = z.int().nonnegative()
/** Epoch ms; fractions do no harm. */
const time = z.number().nonnegative()

const MetricSchema = z.strictObject({
  source: z.string(),
  query: z.string(),
  by: z.string().exactOptional(),
  interval: z.number(),
  above: z.number().exactOptional(),
  below: z.number().exactOptional(),
})

const RunSchema = z.strictObject({
  command: z.array(z.string()).exactOptional(),
  image: z.string().exactOptional(),
  env: z.record(z.string(), z.string()),
  slots: z.int().positive(),
  probe: z.strictObject({
    target: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('http'), path: z.string() }),
      z.strictObject({ kind: z.literal('tcp') }),
      z.strictObject({ kind: z.literal('metric') }),
    ]),
    metric: MetricSchema.exactOptional(),
    every: z.number(),
    timeout: z.number(),
    failures: count,
    startWithin: z.number(),
  }),
  drain: z.strictObject({ path: z.string().exactOptional(), grace: z.number() }),
  version: z.string(),
})

const DrainSchema = z.strictObject({
  since: time,
  why: z.string(),
  unlistedAt: time.exactOptional(),
  askingSince: time.exactOptional(),
  askedAt: time.exactOptional(),
})

const EntrySchema = z.strictObject({
  id: z.string(),
  workload: z.string(),
  slots: z.array(count),
  port: count,
  run: RunSchema,
  token: z.string(),
  placedAt: time,
  readyAt: time.exactOptional(),
  unruledSince: time.exactOptional(),
  moving: z.strictObject({ since: time, why: z.string() }).exactOptional(),
  keptSince: time.exactOptional(),
  drain: DrainSchema.exactOptional(),
})

/** What a host is told to run, as clouds keep it. */
export const ManifestSchema: z.ZodType<Manifest> = z.strictObject({
  revision: count,
  epoch: count,
  instances: z.array(
    EntrySchema.pick({
      id: true,
      workload: true,
      slots: true,
      port: true,
      run: true,
      token: true,
      placedAt: true,
    }),
  ),
})

const LeavingSchema = z.strictObject({
  id: z.string(),
  workload: z.string(),
  slots: z.array(count),
  port: count,
  run: RunSchema,
  since: time,
})

const ClosingSchema = z.strictObject({
  since: time,
  for: z.enum(['operator', 'consolidation']),
  why: z.string(),
  waits: z.string().exactOptional(),
})

const RestartSchema = z.strictObject({
  from: z.enum(['stopped', 'running']),
  why: z.string(),
  doneAt: time.exactOptional(),
})

const HostSchema = z.strictObject({
  name: z.string(),
  pool: z.string(),
  index: count,
  zone: z.string(),
  slots: count,
  intent: z.string(),
  orderedAt: time,
  confirmedAt: time.exactOptional(),
  runningAt: time.exactOptional(),
  seenAt: time.exactOptional(),
  address: z.string().exactOptional(),
  exporter: z.string().exactOptional(),
  missingSince: time.exactOptional(),
  emptySince: time.exactOptional(),
  keptSince: time.exactOptional(),
  restartedAt: time.exactOptional(),
  restart: RestartSchema.exactOptional(),
  provedAt: time.exactOptional(),
  failedAt: time.exactOptional(),
  closing: ClosingSchema.exactOptional(),
  drift: z.strictObject({ what: z.string(), at: time, times: count }).exactOptional(),
  revision: count,
  entries: z.array(EntrySchema),
  leaving: z.array(LeavingSchema),
  deleting: z.strictObject({ since: time, why: z.string() }).exactOptional(),
})

const IntentSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['create-host', 'set-manifest', 'delete-host', 'restart-host']),
  host: z.string(),
  pool: z.string(),
  at: time,
  doneAt: time.exactOptional(),
  carriedOutAt: time.exactOptional(),
  attempts: count,
  notBefore: time,
  lastError: z.string().exactOptional(),
})

const RateSchema = z.strictObject({
  each: z.number(),
  at: time,
  atLeast: z.literal(true).exactOptional(),
})

const TrialSchema = z.strictObject({ from: count, to: count, at: time })

const WorkloadSchema = z.strictObject({
  size: count,
  lastOut: time.exactOptional(),
  lastIn: time.exactOptional(),
  sizes: z.array(z.strictObject({ at: time, size: count })),
  missing: z.record(z.string(), time).exactOptional(),
  rates: z.record(z.string(), RateSchema).exactOptional(),
  trials: z.record(z.string(), TrialSchema).exactOptional(),
})

const ListSchema = z.strictObject({ members: z.array(z.string()), writtenAt: time })

export const BackoffSchema = z.strictObject({ until: time, failures: count, why: z.string() })

const StraySchema = z.strictObject({ since: time, why: z.string(), toldAt: time.exactOptional() })

const SupplySchema = z.strictObject({
  zones: z.record(z.string(), BackoffSchema).exactOptional(),
  failures: z.strictObject({ count, lastAt: time, why: z.string() }).exactOptional(),
  strays: z.record(z.string(), StraySchema).exactOptional(),
})

/** Sums of whole milliseconds, and of money. */
const ShareSchema = z.strictObject({ slotMs: count, money: z.number() })

const tally = {
  hostMs: count,
  unpricedMs: count,
  money: z.number(),
  idle: ShareSchema,
  workloads: z.record(z.string(), ShareSchema.extend({ instanceMs: count })),
}

const LedgerSchema = z.strictObject({
  since: time,
  total: z.strictObject(tally),
  hours: z.array(z.strictObject({ ...tally, from: time, openedAt: time, changedAt: time })),
  hosts: z.record(
    z.string(),
    z.strictObject({ until: time, stoppedAt: time.exactOptional(), over: z.literal(true).exactOptional() }),
  ),
})

/** A test holds it to the very type of StoreState, so that a new field cannot make the next start refuse the file. */
export const StateSchema = z.strictObject({
  version: z.literal(1),
  counter: count,
  lastAt: time,
  intents: keyed(IntentSchema, ({ kind, host }) => intentKey(kind, host)),
  hosts: keyed(HostSchema, ({ name }) => name),
  workloads: z.record(z.string(), WorkloadSchema),
  pools: z.record(z.string(), z.strictObject({ calm: time })).exactOptional(),
  supply: z.record(z.string(), SupplySchema).exactOptional(),
  backoffs: z.record(z.string(), BackoffSchema),
  lists: z.record(z.string(), ListSchema),
  ledger: z.record(z.string(), LedgerSchema).exactOptional(),
  // A state of an earlier release has none.
  overrides: keyed(OverrideSchema, ({ id }) => id).default({}),
})

export const SavedSchema: z.ZodType<Saved> = z.strictObject({
  version: z.literal(1),
  epoch: count,
  revision: count,
  state: StateSchema,
})

/** Records under the keys that they stand for. */
function keyed<T extends z.ZodType>(schema: T, keyOf: (one: z.output<T>) => string) {
  const isRight = (records: Record<string, z.output<T>>): boolean =>
    Object.entries(records).every(([key, one]) => keyOf(one) === key)
  return z.record(z.string(), schema).refine(isRight, { error: 'a key is not that of its record' })
}
