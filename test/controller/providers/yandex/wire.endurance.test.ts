import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer, YandexApi } from '../../../../controller/providers/yandex/api.ts'
import { connect } from '../../../../controller/providers/yandex/connect.ts'
import { placesOf } from '../../../../controller/providers/yandex/limit.ts'
import { between, pick, seeded } from '../../../support/random.ts'
import { type VirtualTime, virtualTime } from '../../../support/virtual-time.ts'
import { CODE, type Fault, fairWeather } from '../../../support/yandex/fake.ts'
import { orderOf, type WireBench, wireBench } from './wire-bench.ts'

// Ten thousand calls through a cloud where a third of them goes wrong in some way: whatever the wire answers has to be true.

const stories = 10
const orders = 20
const never = new AbortController().signal
const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)

let bench: WireBench
let time: VirtualTime
let api: YandexApi

beforeAll(async () => {
  process.on('unhandledRejection', note)
  bench = await wireBench({ random: seeded(1) })
  const { folder, endpoint, ca, keyFile } = bench.fake
  time = virtualTime(bench.clock)
  const deps = { ...bench.deps, random: seeded(2), sleep: time.sleep }
  api = await connect({ auth: { keyFile }, folder, endpoint, ca }, deps)
})

afterAll(async () => {
  await bench.fake.close()
  process.off('unhandledRejection', note)
})

const faults: [Fault, ...Fault[]] = [
  CODE.unavailable,
  CODE.internal,
  CODE.deadlineExceeded,
  CODE.aborted,
  CODE.unauthenticated,
  'lost-before',
  'lost-after',
  { late: 3_000 },
  { code: CODE.resourceExhausted, message: 'The limit on maximum number of active operations has exceeded.' },
]
type Failed = { code: number; message: string }
const failures: readonly [Failed, ...Failed[]] = [
  { code: CODE.resourceExhausted, message: 'Not enough resources' },
  { code: CODE.internal, message: 'Internal error' },
]

function storm(random: () => number): void {
  const { fake } = bench
  fake.weather = {
    ...fairWeather,
    quotas: { instances: 1_000, cores: 10_000, memory: 2 ** 50, disks: 1_000 },
    errorShape: 'mixed',
    tokenTtl: 30 * 60_000,
    operationDelay: () => between(random, 1_000, 60_000),
    operationFails: (kind) => (kind !== 'delete' && random() < 0.1 ? pick(random, failures) : undefined),
    rollbackTime: between(random, 0, 20_000),
    fault: () => (random() < 0.3 ? pick(random, faults) : undefined),
  }
}

/** Asks with the same key until the answer is certain, as the provider does. */
async function sure<T>(ask: () => Promise<Answer<T>>, details: string[]): Promise<Answer<T>> {
  for (let asked = 1; ; asked += 1) {
    const answer = await ask()
    if (answer.kind === 'answer') return answer
    details.push(answer.detail)
    const passes = answer.code === 'transient' || answer.code === 'limit' || answer.code === 'auth'
    if (!passes || asked === 40) return answer
    await time.sleep(5_000, never)
  }
}

async function ordered(name: string, details: string[]): Promise<'made' | 'not made'> {
  const { fake } = bench
  const created = await sure(() => api.create(orderOf(fake, name), `create ${name}`, never), details)
  if (created.kind === 'failed') throw new Error(`${name}: ${created.code}: ${created.detail}`)
  const { id, vm = '' } = created.value
  const finished = await api.finish(created.value, never)
  const isThere = () => fake.vms().some((one) => one.id === vm)
  if (finished.kind === 'answer') {
    expect(isThere(), `${name}, ${id}: told to be made`).toBe(true)
    return 'made'
  }
  details.push(finished.detail)
  expect(finished.code, finished.detail).toMatch(/^(capacity|transient)$/)
  if (finished.code === 'capacity') expect(isThere(), `${name}, ${id}: told to have failed`).toBe(false)
  return 'not made'
}

async function deleted(name: string, details: string[]): Promise<void> {
  const { fake } = bench
  const listed = await sure(() => api.list(fake.folder, never, name), details)
  if (listed.kind === 'failed') throw new Error(listed.detail)
  const [vm] = listed.value
  if (vm === undefined) return
  const removed = await sure(() => api.remove(vm.id, `remove ${vm.id}`, never), details)
  if (removed.kind === 'failed') return expect(removed.code).toBe('not-found')
  const finished = await sure(() => api.finish(removed.value, never), details)
  expect(finished.kind).toBe('answer')
  expect(fake.vms().some(({ id }) => id === vm.id)).toBe(false)
}

test(`${stories} storms of ${orders} orders each: no answer is wrong, nothing is made twice, nothing is left`, async () => {
  const { fake } = bench
  const details: string[] = []
  const tally = { made: 0, 'not made': 0 }
  for (let seed = 1; seed <= stories; seed += 1) {
    storm(seeded(seed))
    if (seed % 3 === 0) fake.revokeTokens()
    const one = time.known(async (name: string) => {
      tally[await ordered(name, details)] += 1
      await deleted(name, details)
    }, 'foreground')
    const names = Array.from({ length: orders }, (_, number) => `s${seed}-${number}`)
    await time.during(() => Promise.all(names.map((name) => one(name))))
    expect(fake.vms(), `VMs after story ${seed}`).toEqual([])
  }
  // One whose answer was lost may be under way beside the 8 that are known; the folder's 15 are never reached.
  const limited = fake.log.filter(({ code, fault }) => code === CODE.resourceExhausted && fault === undefined)
  expect(limited).toEqual([])
  const places = placesOf(fake.endpoint, fake.folder)
  expect([places.taken(), places.waiting()]).toEqual([0, 0])
  expect(tally.made + tally['not made']).toBe(stories * orders)
  expect(tally['not made']).toBeGreaterThan(0)
  const made = fake.effects.filter(({ kind }) => kind === 'made').map(({ name }) => name)
  expect(made).toHaveLength(new Set(made).size)
  expect(details.join('\n')).not.toMatch(/t1\.|eyJ|BEGIN/)
  expect(unhandled).toEqual([])
})
