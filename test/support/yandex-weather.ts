import { between, pick } from './random.ts'
import type { FakeYandex, Weather } from './yandex/fake.ts'
import { CODE, type Fault, fairWeather } from './yandex/fake.ts'

type Status = Exclude<ReturnType<Weather['operationFails']>, undefined>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const MANY = 99

/** How bad it is in a story. `calls`, `operations`: the share that goes wrong. */
export interface Roughness {
  calls: number
  operations: number
  zones: number
}

export const someRoughness = (random: () => number): Roughness => ({
  calls: random() * 0.25,
  operations: random() * 0.15,
  zones: between(random, 1, 3),
})

/** The cloud of a story: slow, forgetful, short of everything, and its answers get lost. */
export function badWeather(random: () => number, rough: Roughness): Partial<Weather> {
  const { quotas } = fairWeather
  return {
    operationDelay: (kind) => between(random, 0, kind === 'create' ? 60 : 15) * SECOND,
    operationFails: (kind) => {
      if (kind === 'preempt' || random() >= rough.operations) return undefined
      return pick<Status>(random, [
        { code: CODE.internal, message: 'Internal error' },
        { code: CODE.resourceExhausted, message: 'Not enough resources' },
        { code: CODE.unavailable, message: 'The host went away' },
      ])
    },
    rollbackTime: between(random, 0, 30) * SECOND,
    bootDelay: () => between(random, 0, 60) * SECOND,
    applyDelay: between(random, 0, 15) * SECOND,
    startDelay: () => between(random, 0, 20) * SECOND,
    drainTime: between(random, 0, 20) * SECOND,
    stopTime: between(random, 0, 10) * SECOND,
    quotas: { ...quotas, instances: between(random, 3, 9) },
    operationLimit: between(random, 2, 15),
    zoneCapacity: random() < 0.3 ? { 'ru-central1-a': between(random, 0, 2) } : {},
    keyTtl: pick(random, [10 * SECOND, 2 * MINUTE, 24 * 60 * MINUTE]),
    listLag: between(random, 0, 45) * SECOND,
    tokenTtl: pick(random, [10 * MINUTE, 12 * 60 * MINUTE]),
    pageMost: pick(random, [1, 2, 1_000]),
    errorShape: pick(random, ['headers', 'trailers', 'mixed']),
    preemptAfter: between(random, 5, 60) * MINUTE,
    fault: (_method, { mutating }) => (random() < rough.calls ? someFault(random, mutating) : undefined),
  }
}

function someFault(random: () => number, mutating: boolean): Fault {
  if (!mutating) return pick<Fault>(random, [CODE.unavailable, CODE.internal, CODE.deadlineExceeded])
  return pick<Fault>(random, [
    CODE.unavailable,
    CODE.internal,
    'lost-before',
    'lost-after',
    { late: between(random, 1, 40) * SECOND },
  ])
}

/** Everything goes well from now on, and quickly enough; what hangs is freed, since a fleet that hangs would rightly stay as it is. */
export function fairAgain({ weather, vms, recover, recoverInstance, alive }: FakeYandex): void {
  const { quotas } = fairWeather
  Object.assign(weather, {
    operationDelay: () => 2 * SECOND,
    operationFails: () => undefined,
    rollbackTime: 0,
    bootDelay: () => 10 * SECOND,
    applyDelay: SECOND,
    quotas: { ...quotas, instances: MANY, cores: MANY, disks: MANY },
    operationLimit: 15,
    zoneCapacity: {},
    preemptAfter: 24 * 60 * MINUTE,
    fault: () => undefined,
  } satisfies Partial<Weather>)
  for (const { name } of vms()) recover(name)
  for (const instance of alive()) recoverInstance(instance)
}
