import { z } from 'zod'
import type { Pool } from '../decision/policy.ts'
import { duration, span } from '../policy/duration.ts'
import { MOST, Name, percent } from '../policy/fields.ts'
import { validate } from '../policy/issues.ts'
import { part } from '../policy/part.ts'
import type { Fault } from '../policy/problem.ts'
import type { KnownPool } from '../policy/world.ts'
import { providers } from '../providers/index.ts'
import type { Derived, OpenProvider, ProviderKind } from '../providers/provider.ts'

/** A pool with the provider that its hosts come from, not opened yet. */
export interface PoolSetting extends KnownPool {
  open: OpenProvider
}

/** What is known of the machine that the controller runs on. */
export interface Machine {
  cores: number
}

const types = providers.map(({ type }) => type)

/** A lag of listings that the clouds have shown; the hosts of this machine are listed from its own disk. */
const REMOTE_LAG = 60_000

const Hosts = z
  .strictObject({
    min: z.int().min(0).max(MOST).describe('hosts that are always there'),
    max: z.int().min(1).max(MOST).describe('hosts that are never exceeded'),
  })
  .superRefine(({ min, max }, { addIssue }) => {
    if (min > max)
      addIssue({ code: 'custom', path: ['min'], message: `min (${min}) is more than max (${max})` })
  })

/** `never` and 0s both turn it off. */
const Consolidate = z
  .union([z.literal('never'), duration], {
    error: ({ input }) => `has to be a duration such as 10m, or never, not ${JSON.stringify(input)}`,
  })
  .transform((given) => (given === 'never' || given === 0 ? undefined : given))

/** The keys that pools of all providers have. Percentages are still as written. */
const common = {
  provider: z.enum(types).describe('where the hosts come from'),
  slots: z.int().min(1).max(1000).describe('slots of a host'),
  cores: z.number().positive().max(MOST).optional().describe('cores of one host'),
  zones: z
    .array(Name)
    .min(1)
    .refine((zones) => new Set(zones).size === zones.length, { error: 'names a zone twice' })
    .optional()
    .describe('zones that hosts are spread over; by default those of the template, or one named a'),
  hosts: Hosts.describe('how many there are: { min, max }'),
  spareSlots: z.int().min(0).max(MOST).default(0).describe('free slots that are kept ready'),
  portBase: z.int().min(1).max(65_535).default(8100).describe('port of slot 0'),
  bootWithin: span.prefault('10m').describe('time to boot, counted from the order'),
  emptyFor: duration.prefault('2m').describe('how long a host stays empty before it goes'),
  consolidateAfter: Consolidate.prefault('10m').describe(
    'how long a pool is calm before a half-empty host is emptied, or `never`',
  ),
  listLag: duration.optional().describe('how long a listing may lag that does not name a host any more'),
  pricePerHour: z
    .number()
    .positive()
    .max(1e9)
    .optional()
    .describe('what a host costs in an hour, in your money'),
  maxCostPerHour: z
    .number()
    .positive()
    .max(1e9)
    .optional()
    .describe(
      'hosts beyond what the minima need are not ordered where all would cost more than this in an hour',
    ),
  strays: z
    .enum(['report', 'remove'])
    .default('report')
    .describe('what becomes of machines with our labels that belong to no pool'),
  strayAfter: duration.prefault('1h').describe('how long such a machine has to be there before that'),
  failuresInRow: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('hosts that came to nothing in a row before the pool pauses its orders'),
  distrust: percent.min(1).max(100).default(45).describe('% of dead-looking instances that stops deletions'),
}

type PoolText = z.output<z.ZodObject<typeof common>>

/** For each provider: what all pools have, what is its own, and which of the keys that have no default it cannot do without. */
export function poolSchemas() {
  return providers.map(({ type, settings, sharedAddress, countsCores }) => {
    const needed = sharedAddress || countsCores === true ? [] : ['cores']
    return { type, common: z.strictObject(common), own: settings, needed }
  })
}

/** Holds one entry of `pools` against what all pools have and what its provider adds. Faults count from the entry. */
export function readPool(
  name: string,
  raw: unknown,
  machine: Machine,
  controller = 'capuchin',
): { data?: PoolSetting; faults: Fault[] } {
  const kind = providers.find(({ type }) => type === part(raw, 'provider'))
  if (kind === undefined) return { faults: validate(z.object(common), raw).faults }
  const own = Object.fromEntries(kind.keys.map((key) => [key, z.unknown().optional()]))
  const shared = validate(z.strictObject({ ...own, ...common }), raw)
  const special = validate(kind.settings, only(raw, kind.keys))
  const lacks = coresFaults(raw, kind, special.data)
  // Without the keys that are the provider's: a pool is the same to everybody else whatever its hosts are.
  const text = shared.data === undefined ? undefined : validate(z.object(common), raw).data
  const together = text === undefined ? [] : (special.data?.faults({ ...text, controller, name }) ?? [])
  const faults = [
    ...shared.faults,
    ...special.faults,
    ...lacks,
    ...spareFaults(text),
    ...costFaults(text),
    ...together,
  ]
  if (faults.length > 0 || text === undefined || special.data === undefined) return { faults }
  const pool = poolOf(name, text, kind, machine, special.data)
  return { data: { pool, runs: kind.runs, open: special.data.open }, faults: [] }
}

function poolOf(name: string, text: PoolText, kind: ProviderKind, machine: Machine, derived: Derived): Pool {
  const { listLag, distrust, cores, zones, consolidateAfter, ...others } = text
  const { pricePerHour, maxCostPerHour, strays, strayAfter, ...rest } = others
  const remoteLag = kind.sharedAddress ? 0 : REMOTE_LAG
  return {
    ...rest,
    name,
    zones: zones ?? derived.zones ?? ['a'],
    cores: cores ?? derived.cores ?? machine.cores,
    sharedAddress: kind.sharedAddress,
    listLag: listLag ?? remoteLag,
    distrustShare: distrust / 100,
    restarts: kind.restarts === true,
    strays: { act: strays, after: strayAfter },
    ...(consolidateAfter !== undefined && { consolidateAfter }),
    ...(pricePerHour !== undefined && { pricePerHour }),
    ...(maxCostPerHour !== undefined && { maxCostPerHour }),
  }
}

/** Only hosts of this machine have cores that can be counted here. */
function coresFaults(raw: unknown, { sharedAddress }: ProviderKind, derived: Derived | undefined): Fault[] {
  // Where the own keys are wrong nobody knows yet what would follow from them.
  if (
    sharedAddress ||
    derived === undefined ||
    derived.cores !== undefined ||
    part(raw, 'cores') !== undefined
  )
    return []
  return [{ path: ['cores'], message: 'is missing: cores of one host' }]
}

function spareFaults(text: PoolText | undefined): Fault[] {
  if (text === undefined) return []
  const room = text.slots * text.hosts.max
  if (text.spareSlots <= room) return []
  return [
    {
      path: ['spareSlots'],
      message: `${text.spareSlots} spare slots are more than the pool has at its most (${room})`,
    },
  ]
}

/** A bound on money that nobody can count would be none, without anybody noticing. */
function costFaults(text: PoolText | undefined): Fault[] {
  if (text?.maxCostPerHour === undefined || text.pricePerHour !== undefined) return []
  const message = 'needs pricePerHour: what a host costs in an hour'
  return [{ path: ['maxCostPerHour'], message }]
}

function only(raw: unknown, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    keys.flatMap((key) => (part(raw, key) === undefined ? [] : [[key, part(raw, key)]])),
  )
}
