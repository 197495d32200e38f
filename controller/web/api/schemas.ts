import { z } from 'zod'
import { OverrideSchema } from '../../decision/override-schema.ts'
import { poolAlarmKinds } from '../../decision/pool-alarms.ts'
import {
  BillEntrySchema,
  DecisionEntrySchema,
  DecisionSchema,
  EntrySchema,
  OutcomeEntrySchema,
} from '../../history/schema.ts'
import { BackoffSchema } from '../../store/schema.ts'

// What the API answers. A test holds each to the type of what is answered.

const count = z.int().nonnegative()
const time = z.number().describe('epoch milliseconds')
const text = z.string()

export const instanceStates = ['starting', 'ready', 'unready', 'dead', 'lost', 'draining', 'leaving'] as const

const FaultSchema = z
  .strictObject({ detail: text.describe('what is wrong, and what to do about it') })
  .describe('why there is no answer')

const Slot = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('free') }),
  z.strictObject({
    state: z.enum(instanceStates),
    instance: text,
    workload: text,
    port: count,
    trouble: text.exactOptional().describe('what is wrong with it'),
  }),
])

const System = z.strictObject({
  name: text,
  state: z.enum(['running', 'waiting', 'stopping', 'absent']),
  restarts: count,
  trouble: text.exactOptional(),
})

const HostSchema = z
  .strictObject({
    host: text,
    zone: text,
    state: text.describe('as its provider says, or ordered, deleting, missing'),
    address: text.exactOptional(),
    note: text.exactOptional().describe('why it is being emptied or kept'),
    slots: z.array(Slot),
    system: z.array(System).exactOptional().describe('what runs there beside the instances'),
  })
  .describe('a host with its slots in order')

const PoolAlarm = z.strictObject({ kind: z.enum(poolAlarmKinds), about: text, text })

const Spending = z.strictObject({
  hosts: count,
  pricePerHour: z.number(),
  perHour: z.number(),
  maxCostPerHour: z.number().exactOptional(),
})

const PoolSchema = z
  .strictObject({
    pool: text,
    hosts: z.array(HostSchema),
    slots: z.strictObject({ total: count, used: count, free: count }),
    hostsMin: count,
    hostsMax: count,
    spareSlots: count,
    blind: text.exactOptional().describe('why it cannot be seen'),
    alarms: z.array(PoolAlarm).exactOptional(),
    pausedUntil: time.exactOptional().describe('it orders no hosts until then'),
    spending: Spending.exactOptional(),
    overspending: text.exactOptional(),
    tight: text.exactOptional().describe('why it could have no more hosts now'),
  })
  .describe('a pool with its hosts and their slots')

export const StatusSchema = z
  .strictObject({
    controller: text,
    epoch: count.describe('grows with every start of the controller'),
    at: time.describe('the tick that this is of, in epoch milliseconds'),
    tickEvery: z.number().describe('milliseconds from tick to tick'),
    workloads: z.array(DecisionSchema),
    pools: z.array(PoolSchema),
    operations: count.describe('operations of providers that are under way'),
    backoffs: z.record(z.string(), BackoffSchema).describe('pools that order no hosts for a while'),
    overrides: z.array(OverrideSchema),
    notices: z.array(text).exactOptional().describe('in what the files on disk are not what is in force'),
  })
  .describe('all that is known of the last tick')

export const InstanceSchema = z
  .strictObject({
    instance: text,
    workload: text,
    pool: text,
    host: text,
    zone: text,
    address: text.exactOptional(),
    port: count,
    state: z.enum(instanceStates),
    slots: z.array(count).describe('the slots of the host that it holds, counted from 0'),
    trouble: text.exactOptional(),
  })
  .describe('an instance, and where it is')

const stepKinds = [
  ...['adopt-host', 'order-host', 'delete-host', 'forget-host', 'keep-host', 'close-host'],
  ...['restart-host', 'open-host', 'place', 'move', 'keep', 'drain', 'remove', 'free'],
  ...['set-manifest', 'stray', 'drift', 'hold'],
] as const satisfies readonly string[]

const Step = z.strictObject({
  kind: z.enum(stepKinds),
  subject: text,
  pool: text,
  workload: text.exactOptional(),
  sentence: text,
})

const change = <T extends z.ZodType>(of: T) => z.strictObject({ before: of, after: of })

export const PlanSchema = z
  .strictObject({
    at: time,
    decisions: z.array(DecisionSchema),
    steps: z.array(Step),
    costs: z.array(
      z.strictObject({
        pool: text,
        hosts: change(count),
        pricePerHour: z.number().exactOptional(),
        perHour: change(z.number()).exactOptional(),
      }),
    ),
    blind: z
      .array(z.strictObject({ pool: text, why: text }))
      .exactOptional()
      .describe('pools that cannot be seen'),
  })
  .describe('what a tick would do now')

const TickRule = z.strictObject({
  name: text,
  strategy: text,
  unit: text,
  band: z.strictObject({ above: z.number().exactOptional(), below: z.number().exactOptional() }),
  load: z.number().exactOptional(),
  level: z.number().exactOptional(),
  coverage: z.number().exactOptional(),
})

export const TickSchema = z
  .strictObject({
    workload: text,
    at: time,
    min: count,
    max: count,
    size: count.describe('what was granted'),
    wanted: z.number(),
    ready: count,
    starting: count,
    rules: z.array(TickRule),
  })
  .describe('the numbers of one workload in one tick; what is absent was not to be had')

const rule = { rule: text, unit: text }
const Condition = z.discriminatedUnion('kind', [
  z.strictObject({
    ...rule,
    kind: z.literal('bound'),
    bound: z.number(),
    now: z.number(),
    change: z.number().exactOptional(),
  }),
  z.strictObject({ ...rule, kind: z.enum(['met', 'never', 'unknown']), why: text }),
])

const Way = z.strictObject({
  direction: z.enum(['out', 'in']),
  closed: text.exactOptional(),
  asked: text.exactOptional(),
  conditions: z.array(Condition),
  vetoes: z.array(Condition),
  notBefore: z.strictObject({ at: time, why: text }).exactOptional(),
  held: z.array(z.strictObject({ clamp: text, why: text, until: time.exactOptional() })),
})

export const ExplanationSchema = z
  .strictObject({
    workload: text,
    at: time,
    zone: text,
    run: DecisionEntrySchema.pick({ first: true, last: true, count: true, spans: true }),
    decision: DecisionSchema,
    tick: TickSchema.exactOptional(),
    next: z.strictObject({ out: Way, in: Way }),
    outcomes: z.array(OutcomeEntrySchema),
    chart: z.strictObject({ from: time, to: time, ticks: z.array(TickSchema) }),
    notes: z.array(text),
  })
  .describe('why a workload has the size that it has, or had')

const hours = z.number().nonnegative()
const money = z.number().exactOptional().describe("in the operator's own; absent where nothing had a price")

const WorkloadCost = z.strictObject({ workload: text, instanceHours: hours, slotHours: hours, money })

const PeriodCost = z.strictObject({
  from: time,
  to: time,
  pools: z.array(
    z.strictObject({
      pool: text,
      hostHours: hours,
      slotHours: hours,
      unpricedHours: hours,
      money,
      idle: z.strictObject({ slotHours: hours, money }),
      workloads: z.array(WorkloadCost),
    }),
  ),
})

export const CostSchema = z
  .strictObject({
    from: time,
    to: time,
    by: z.enum(['hour', 'day', 'total']),
    workload: text.exactOptional(),
    periods: z.array(PeriodCost),
    total: PeriodCost,
    cut: z.literal(true).exactOptional().describe('there are more bills than are answered at once'),
  })
  .describe('what was spent')

const overrides = z.array(OverrideSchema)

/** Every schema that has a name in the document. */
export const components = {
  Fault: FaultSchema,
  Status: StatusSchema,
  Decision: DecisionSchema,
  Pool: PoolSchema,
  Host: HostSchema,
  Override: OverrideSchema,
  Plan: PlanSchema,
  Tick: TickSchema,
  Instance: InstanceSchema,
  DecisionEntry: DecisionEntrySchema,
  OutcomeEntry: OutcomeEntrySchema,
  BillEntry: BillEntrySchema,
  HistoryEntry: EntrySchema,
  Explanation: ExplanationSchema,
  Cost: CostSchema,
  Workloads: z.strictObject({ at: time, workloads: z.array(DecisionSchema) }),
  Workload: z.strictObject({
    at: time,
    workload: DecisionSchema,
    overrides: overrides.describe('those that bind it'),
    instances: z.array(InstanceSchema),
  }),
  Pools: z.strictObject({ at: time, pools: z.array(PoolSchema) }),
  Instances: z.strictObject({ at: time, instances: z.array(InstanceSchema) }),
  Decisions: z.strictObject({
    decisions: z.array(DecisionEntrySchema).describe('oldest first'),
    more: z.boolean().describe('there are older ones that the limit left out'),
  }),
  History: z.array(EntrySchema).describe('oldest first'),
  Numbers: z.array(TickSchema).describe('oldest first'),
  Overrides: z.strictObject({ overrides }),
  Laid: z.strictObject({
    override: OverrideSchema,
    replaced: overrides,
    said: text.describe('what will happen next'),
  }),
  Taken: z.strictObject({ taken: overrides }),
  Session: z.strictObject({ until: time.describe('when it ends, in epoch milliseconds') }),
  SessionEnd: z.strictObject({ ended: z.boolean() }),
  Health: z.strictObject({ status: z.enum(['ok', 'failed']), detail: text.exactOptional() }),
} as const

export type ComponentName = keyof typeof components
