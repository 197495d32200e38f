import { readFile } from 'node:fs/promises'
import type {
  Answer,
  Auth,
  ConnectDeps,
  ConnectSettings,
  VmOrder,
  YandexApi,
} from '../../../../controller/providers/yandex/api.ts'
import { type ConnectLimits, connect } from '../../../../controller/providers/yandex/connect.ts'
import { type FakeOptions, type FakeYandex, startFakeYandex } from '../../../support/yandex/fake.ts'

/** A fake whose time is the sum of what was slept: it passes only in `deps.sleep`. */
export interface WireBench {
  fake: FakeYandex
  clock: { now: number }
  /** All that was logged, as text. */
  logged: string[]
  /** Ms of each sleep. */
  sleeps: number[]
  deps: ConnectDeps
  connect(auth?: Auth, more?: Partial<ConnectSettings>, limits?: ConnectLimits): Promise<YandexApi>
}

/** The begin of time is the real one, so that certificates hold. */
export async function wireBench(options: FakeOptions = {}): Promise<WireBench> {
  const clock = { now: Math.floor(performance.timeOrigin) }
  const fake = await startFakeYandex({ ...options, now: () => clock.now })
  const logged: string[] = []
  const sleeps: number[] = []
  const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const deps: ConnectDeps = {
    now: () => clock.now,
    random: () => 0.5,
    fetch,
    log: { info: note, warn: note },
    readFile: (path: string) => readFile(path, 'utf8'),
    sleep: async (ms: number, signal: AbortSignal) => {
      if (signal.aborted) return
      sleeps.push(ms)
      clock.now += ms
      await new Promise<void>((resolve) => setImmediate(resolve))
    },
  }
  return {
    ...{ fake, clock, logged, sleeps, deps },
    connect: (auth = { keyFile: fake.keyFile }, more = {}, limits = {}) =>
      connect({ auth, folder: fake.folder, endpoint: fake.endpoint, ca: fake.ca, ...more }, deps, limits),
  }
}

export function orderOf(fake: FakeYandex, name: string, more: Partial<VmOrder> = {}): VmOrder {
  return {
    folder: fake.folder,
    name,
    zone: 'ru-central1-a',
    platform: 'standard-v3',
    cores: 2,
    memoryBytes: 4 * 2 ** 30,
    coreFraction: 100,
    imageId: 'fd8fakecoi0000000000',
    diskType: 'network-ssd',
    diskBytes: 30 * 2 ** 30,
    subnet: fake.subnets['ru-central1-a'],
    nat: false,
    securityGroups: [],
    preemptible: false,
    labels: { 'capuchin-pool': 'edge' },
    metadata: { 'docker-compose': 'services: {}' },
    ...more,
  }
}

/** The value of an answer; throws what failed. */
export function given<T>(answer: Answer<T>): T {
  if (answer.kind === 'failed') throw new Error(`${answer.code}: ${answer.detail}`)
  return answer.value
}
