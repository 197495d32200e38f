import type { Decision } from '../../controller/decision/decision.ts'
import type { InstanceState } from '../../controller/decision/fleet.ts'
import type { Override } from '../../controller/decision/overrides.ts'
import type { HostStatus, PoolStatus, SlotStatus, Status } from '../../controller/web/status.ts'

// A status that nobody has decided: of any size, with something of everything in it. The same for the same numbers.

export interface MadeUp {
  workloads: number
  /** Instances of each workload. */
  instances: number
  at: number
  /** How many ticks it is in; levels move with it. */
  tick: number
  alarms?: boolean
  why?: string
}

const SLOTS = 3
const names = [
  'ingest',
  'consumer',
  'mail',
  'search',
  'pictures',
  'billing',
  'chat',
  'matchmaking',
  'ranking',
  'push',
]

const nameOf = (index: number): string => {
  const name = names[index % names.length] ?? 'other'
  return index < names.length ? name : `${name}-${Math.floor(index / names.length)}`
}

/** A level that goes up and down like a day, with its own phase. */
const wave = (index: number, tick: number): number =>
  50 + 16 * Math.sin(tick / 40 + index) + 3 * Math.sin(tick / 3 + 2 * index)

export function madeUpDecision(index: number, given: MadeUp): Decision {
  const { instances, at, tick, alarms = true, why = 'launch of the new season' } = given
  const workload = nameOf(index)
  const level = wave(index, tick)
  const queue = Math.round(200 + (level - 50) * 6)
  const max = instances + 4
  const isHot = alarms && index % 17 === 3
  const isBlind = alarms && index % 29 === 5
  const starting = index % 7 === 2 ? 1 : 0
  const granted = isHot ? max : instances
  const counts = {
    ready: granted - starting,
    starting,
    unready: 0,
    dead: 0,
    lost: 0,
    draining: 0,
    leaving: 0,
  }
  const shown = isHot ? 91.4 : Number(level.toFixed(1))
  const cpu = isBlind
    ? { reading: 'missing' as const, detail: 'prometheus did not answer within 5s' }
    : { reading: 'whole' as const, level: shown, load: shown * instances, coverage: 1 }
  const overrides: Override[] =
    index % 23 === 4
      ? [
          {
            id: `o${index}`,
            act: { kind: 'pin', workload, size: granted },
            by: 'anna',
            why,
            at: at - 600_000,
            until: at + 3_000_000,
          },
        ]
      : []
  const said = isBlind
    ? `cpu is missing (prometheus did not answer within 5s)`
    : `cpu ${shown} % ${isHot ? `over 70 % (5m mean) asks for ${max + 2}, but max is ${max}` : 'inside 30..70 % (5m mean)'}; queue ${queue} inside 50..400`
  return {
    workload,
    pool: index % 4 === 0 ? 'edge' : 'core',
    at,
    min: 2,
    max,
    size: granted,
    wanted: isHot ? max + 2 : granted,
    granted,
    counts,
    reason: isHot ? 'at-max' : isBlind ? 'missing' : 'inside-band',
    sentence: `${workload} stays at ${granted}: ${overrides.length > 0 ? `it is pinned at ${granted} by anna (${why})` : said}`,
    rules: [
      {
        name: 'cpu',
        strategy: 'integral',
        unit: '%',
        ...cpu,
        band: { above: 70, below: 30 },
        proposal: { kind: 'stay', why: said },
      },
      {
        ...{
          name: 'queue',
          strategy: 'integral',
          unit: '',
          reading: 'whole',
          level: 120 + (level - 50) * 4,
          load: 480,
        },
        ...{
          coverage: 1,
          band: { above: 400, below: 50 },
          proposal: { kind: 'stay', why: `queue ${queue} inside 50..400` },
        },
      },
    ],
    clamps: [],
    ...(overrides.length > 0 && { overrides }),
    ...(index % 9 === 1 && {
      scheduled: {
        floor: { size: 3, item: 'friday evening', until: at + 5_400_000, zone: 'Europe/Moscow' },
        next: { at: at + 5_400_000, item: 'friday evening', what: 'ends' as const },
      },
    }),
    next: {},
    alarms: [
      ...(isHot ? [`at max (${max}) and still hot: cpu 91.4 % over 70 % (5m mean)`] : []),
      ...(isBlind ? ['no reading for cpu (prometheus did not answer within 5s)'] : []),
    ],
  }
}

/** Places the instances of the decisions on hosts of three slots, two of them spare, with something of every state. */
function madeUpPool(pool: string, decisions: readonly Decision[], alarms: boolean): PoolStatus {
  const slots: SlotStatus[] = []
  let port = 8100
  let nth = 0
  for (const { workload, counts } of decisions) {
    const states: InstanceState[] = [
      ...Array.from({ length: counts.ready }, () => 'ready' as const),
      ...Array.from({ length: counts.starting }, () => 'starting' as const),
    ]
    for (const state of states) {
      nth++
      const told =
        alarms && nth % 97 === 50
          ? ('dead' as const)
          : alarms && nth % 97 === 60
            ? ('unready' as const)
            : nth % 61 === 30
              ? ('draining' as const)
              : state
      const trouble =
        told === 'dead'
          ? 'it ends with code 1 again and again: cannot bind 0.0.0.0 (7 times so far)'
          : told === 'unready'
            ? 'its probe answers 503 since 12:04 UTC'
            : undefined
      slots.push({
        state: told,
        instance: `${workload}-${nth}`,
        workload,
        port: port++,
        ...(trouble !== undefined && { trouble }),
      })
    }
  }
  slots.push({ state: 'free' }, { state: 'free' })
  while (slots.length % SLOTS > 0) slots.push({ state: 'free' })
  const hosts: HostStatus[] = []
  for (let i = 0; i * SLOTS < slots.length; i++) {
    const zone = ['a', 'b', 'd'][i % 3] ?? 'a'
    hosts.push({
      ...{ host: `capuchin-${pool}-${i + 1}`, zone, state: i === 4 ? 'booting' : 'running' },
      address: `10.0.${Math.floor(i / 250)}.${(i % 250) + 2}`,
      ...(alarms &&
        i === 2 && { note: 'it is being emptied: drained by anna (kernel); it waits: ingest-3 is frozen' }),
      slots: slots.slice(i * SLOTS, (i + 1) * SLOTS),
    })
  }
  const free = slots.filter(({ state }) => state === 'free').length
  return {
    ...{ pool, hosts, slots: { total: slots.length, used: slots.length - free, free } },
    ...{ hostsMin: 2, hostsMax: hosts.length + 3, spareSlots: 2 },
    spending: { hosts: hosts.length, pricePerHour: 3.1, perHour: hosts.length * 3.1 },
    ...(alarms &&
      pool === 'edge' && {
        alarms: [
          {
            kind: 'zone' as const,
            about: 'b',
            text: 'orders no hosts in zone b until 12:20 UTC: not enough resources',
          },
        ],
      }),
  }
}

export function madeUpStatus(given: MadeUp): Status {
  const { workloads, at, alarms = true, why = 'launch of the new season' } = given
  const decisions = Array.from({ length: workloads }, (_, index) => madeUpDecision(index, given))
  const pools = ['core', 'edge'].map((pool) =>
    madeUpPool(
      pool,
      decisions.filter((one) => one.pool === pool),
      alarms,
    ),
  )
  const own = decisions.flatMap(({ overrides = [] }) => overrides)
  const frozen: Override = {
    id: 'o90',
    act: { kind: 'freeze', subject: 'ingest-3' },
    by: 'bo',
    why,
    at: at - 900_000,
  }
  return {
    ...{ controller: 'edge-moscow', epoch: 12, at, tickEvery: 15_000, operations: 2, pools },
    workloads: decisions.toSorted((a, b) => (a.workload < b.workload ? -1 : 1)),
    backoffs: alarms
      ? {
          edge: {
            until: at + 240_000,
            failures: 2,
            why: 'the quota of 20 VMs leaves room for no more hosts',
          },
        }
      : {},
    overrides: [frozen, ...own],
    ...(alarms && {
      notices: [
        'policies/mail.yaml:7: size.max: has to be at least min (4), not 3; what was in force before stays so',
      ],
    }),
  }
}
