import { z } from 'zod'
import type { ScheduleItem } from '../decision/schedule.ts'
import { span } from './duration.ts'
import { MOST } from './fields.ts'
import { hint, nearest } from './nearest.ts'
import { part } from './part.ts'
import type { Fault } from './problem.ts'
import type { World } from './world.ts'

const sizes = ['min', 'max', 'pin'] as const

const size = z.int().min(0).max(MOST).optional()

/** One line of a policy's `schedule`. */
export const ScheduleText = z
  .strictObject({
    name: z
      .string()
      .regex(/^[^\p{Cc}]{1,60}$/u, { error: 'has to be a name of at most 60 characters' })
      .describe('what it is called in decisions, such as friday evening'),
    cron: z.string().min(1).describe('when it begins: minute, hour, day of month, month, day of week'),
    zone: z.string().min(1).default('UTC').describe('time zone of cron, such as Europe/Moscow'),
    for: span.describe('how long it is in force from each beginning on, such as 6h'),
    min: size.describe('instances at least'),
    max: size.describe('instances at most'),
    pin: size.describe('instances, whatever the rules say'),
  })
  .superRefine((item, { addIssue }) => {
    const given = sizes.filter((key) => item[key] !== undefined)
    if (given.length === 1) return
    const found = given.length === 0 ? 'has none of' : 'has more than one of'
    addIssue({ code: 'custom', message: `${found} min, max and pin: exactly one says what it does` })
  })

export type ScheduleText = z.output<typeof ScheduleText>

/** What can be made out of an item, even where parts of it are wrong. */
export interface GlimpsedItem {
  name?: string
  cron?: string
  zone?: string
  sizes: readonly { key: 'min' | 'max' | 'pin'; size: number }[]
}

export function glimpseItem(value: unknown): GlimpsedItem {
  const name = part(value, 'name')
  const cron = part(value, 'cron')
  const zone = part(value, 'zone') ?? 'UTC'
  const found = sizes.flatMap((key) => {
    const wanted = part(value, key)
    return typeof wanted === 'number' ? [{ key, size: wanted }] : []
  })
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof cron === 'string' && { cron }),
    ...(typeof zone === 'string' && { zone }),
    sizes: found,
  }
}

/** What is wrong with items by themselves: names that occur twice, and sizes out of the policy's. */
export function itemFaults(
  items: readonly GlimpsedItem[],
  limits: { min: number; max: number } | undefined,
): Fault[] {
  return items.flatMap((item, at) => [...sameName(items, item, at), ...outOfBounds(item, at, limits)])
}

function sameName(items: readonly GlimpsedItem[], { name }: GlimpsedItem, at: number): Fault[] {
  const first = items.findIndex((item) => item.name === name)
  if (name === undefined || first === at) return []
  return [{ path: ['schedule', at, 'name'], message: `"${name}" is the name of schedule[${first}] already` }]
}

function outOfBounds(
  item: GlimpsedItem,
  at: number,
  limits: { min: number; max: number } | undefined,
): Fault[] {
  if (limits === undefined) return []
  return item.sizes.flatMap(({ key, size: wanted }) => {
    if (wanted >= limits.min && wanted <= limits.max) return []
    const message = `${wanted} is not within size ${limits.min}..${limits.max}`
    return [{ path: ['schedule', at, key], message }]
  })
}

/** Cron expressions and zones that the calendar does not understand. */
export function calendarFaults(items: readonly GlimpsedItem[], { calendar }: World): Fault[] {
  return items.flatMap(({ cron, zone }, at) => {
    if (cron === undefined || zone === undefined) return []
    const outcome = calendar.read(cron, zone)
    if (outcome.kind === 'sound') return []
    const remedy = outcome.part === 'zone' ? zoneHint(zone, calendar.zones()) : ''
    return [{ path: ['schedule', at, outcome.part], message: `${outcome.detail}${remedy}` }]
  })
}

/** Also for whoever wrote the city alone. */
function zoneHint(zone: string, zones: readonly string[]): string {
  const whole = hint(zone, zones)
  if (whole !== '') return whole
  const cities = new Map(zones.map((name) => [name.slice(name.lastIndexOf('/') + 1), name]))
  const city = nearest(zone.slice(zone.lastIndexOf('/') + 1), cities.keys())
  const meant = city === undefined ? undefined : cities.get(city)
  return meant === undefined ? '; names are such as Europe/Moscow' : `; did you mean "${meant}"?`
}

/** The items of a sound text; undefined where the calendar does not understand one. */
export function bindSchedule(
  items: readonly ScheduleText[],
  { calendar }: World,
): ScheduleItem[] | undefined {
  const bound: ScheduleItem[] = []
  for (const { name, cron, zone, for: length, min, max, pin } of items) {
    const outcome = calendar.read(cron, zone)
    if (outcome.kind === 'broken') return undefined
    const wanted = {
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(pin !== undefined && { pin }),
    }
    bound.push({ name, cron, zone, length, ...wanted, startAfter: outcome.clockwork.startAfter })
  }
  return bound
}
