import { z } from 'zod'
import { workloadAlarmKinds } from '../decision/alarm-names.ts'
import { OverrideSchema } from '../decision/override-schema.ts'
import { reasonCodes } from '../decision/reason.ts'

const count = z.int().nonnegative()

const Counts = z.strictObject({
  ready: count,
  starting: count,
  unready: count,
  dead: count,
  lost: count,
  draining: count,
  leaving: count,
})

const Amount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['whole', 'partial']), amount: z.number() }),
  z.strictObject({ kind: z.literal('missing'), detail: z.string() }),
])

const Rate = z.strictObject({
  each: z.number(),
  from: z.enum(['measured', 'remembered', 'given']),
  atLeast: z.literal(true).exactOptional(),
})

const RuleText = z.strictObject({
  name: z.string(),
  strategy: z.string(),
  unit: z.string(),
  reading: z.enum(['whole', 'partial', 'missing', 'none']),
  detail: z.string().exactOptional(),
  load: z.number().exactOptional(),
  level: z.number().exactOptional(),
  coverage: z.number().exactOptional(),
  newest: z.number().exactOptional(),
  asides: z.record(z.string(), Amount).exactOptional(),
  /** As it was called while it was the only one. */
  backlog: Amount.exactOptional(),
  signal: z.enum(['calls', 'calm', 'unknown']).exactOptional(),
  band: z.strictObject({ above: z.number().exactOptional(), below: z.number().exactOptional() }),
  proposal: z.strictObject({
    kind: z.enum(['out', 'in', 'stay', 'silent', 'forbid', 'allow']),
    size: z.number().exactOptional(),
    forbids: z.array(z.enum(['out', 'in'])).exactOptional(),
    alarm: z.string().exactOptional(),
    rate: Rate.exactOptional(),
    trial: z.literal(true).exactOptional(),
    why: z.string(),
  }),
})

/** What older versions wrote is read as the same thing under its present name. */
const RuleNumbers = RuleText.transform(({ backlog, ...rule }) =>
  backlog === undefined ? rule : { ...rule, asides: { backlog, ...rule.asides } },
)

const ClampRecord = z.strictObject({
  clamp: z.string(),
  before: z.number(),
  after: z.number(),
  reason: z.enum(reasonCodes),
  why: z.string(),
  until: z.number().exactOptional(),
})

const Bound = z.strictObject({ size: count, item: z.string(), until: z.number(), zone: z.string() })

const ScheduledSchema = z.strictObject({
  floor: Bound.exactOptional(),
  ceiling: Bound.exactOptional(),
  pin: Bound.exactOptional(),
  next: z
    .strictObject({ at: z.number(), item: z.string(), what: z.enum(['begins', 'ends']) })
    .exactOptional(),
})

export const DecisionSchema = z.strictObject({
  workload: z.string(),
  pool: z.string(),
  at: z.number(),
  min: count,
  max: count,
  size: count,
  wanted: z.number(),
  granted: count,
  counts: Counts,
  reason: z.enum(reasonCodes),
  sentence: z.string(),
  rules: z.array(RuleNumbers),
  clamps: z.array(ClampRecord),
  overrides: z.array(OverrideSchema).exactOptional(),
  scheduled: ScheduledSchema.exactOptional(),
  next: z.strictObject({ out: z.number().exactOptional(), in: z.number().exactOptional() }),
  alarms: z.array(z.string()),
  alarmNames: z
    .array(z.strictObject({ kind: z.enum(workloadAlarmKinds), about: z.string() }))
    .exactOptional(),
})

const Span = z.strictObject({ min: z.number(), max: z.number() })

export const DecisionEntrySchema = z.strictObject({
  kind: z.literal('decision'),
  version: z.literal(1),
  id: z.string(),
  workload: z.string(),
  first: z.number(),
  last: z.number(),
  count,
  decision: DecisionSchema,
  spans: z.record(z.string(), Span),
})

export const OutcomeEntrySchema = z.strictObject({
  kind: z.literal('outcome'),
  version: z.literal(1),
  id: z.string(),
  at: z.number(),
  step: z.string(),
  subject: z.string(),
  workload: z.string().exactOptional(),
  pool: z.string().exactOptional(),
  result: z.enum(['started', 'done', 'refused', 'unknown']),
  sentence: z.string(),
})

const Share = z.strictObject({ slotMs: count, money: z.number() })

export const BillEntrySchema = z.strictObject({
  kind: z.literal('bill'),
  version: z.literal(1),
  id: z.string(),
  at: z.number(),
  pool: z.string(),
  from: z.number(),
  to: z.number(),
  hostMs: count,
  unpricedMs: count,
  money: z.number(),
  idle: Share,
  workloads: z.record(z.string(), Share.extend({ instanceMs: count })),
})

/** A test holds it to the very type of HistoryEntry, so that a new field cannot make entries unreadable. */
export const EntrySchema = z.discriminatedUnion('kind', [
  DecisionEntrySchema,
  OutcomeEntrySchema,
  BillEntrySchema,
])
