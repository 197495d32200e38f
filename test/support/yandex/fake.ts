import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, cloud as newCloud } from './cloud.ts'
import { type Hands, hands } from './hands.ts'
import { CLOUD, FOLDER, FOREIGN_FOLDER, IMAGE_FAMILY, SERVICE_ACCOUNT, SUBNETS } from './ids.ts'
import { accountKey, keyFileOf } from './keys.ts'
import { listen } from './listen.ts'
import type { CallKind, Effect, FakeCall } from './log.ts'
import { metadataService } from './metadata-service.ts'
import { type Probes, probes } from './probes.ts'
import type { ContainerRuntime } from './runtime.ts'
import { unaryOn } from './server.ts'
import { services } from './services.ts'
import { localTls } from './tls.ts'
import { tokens as newTokens } from './tokens.ts'
import { type Truth, truthOf } from './truth.ts'
import { virtualRuntime } from './virtual-runtime.ts'
import { type Fault, fairWeather, type Weather } from './weather.ts'

export type { Effect, FakeCall } from './log.ts'
export type { FakeVm } from './truth.ts'
export { CODE, type Fault, fairWeather, type Weather } from './weather.ts'

/** The weather to begin with, over `fairWeather`, and the fake's world. */
export interface FakeOptions extends Partial<Weather> {
  /** Epoch ms; by default the real clock. All that happens follows from it, so a virtual clock drives the whole cloud. */
  now?(): number
  /** Uniform in [0, 1); with the same one two runs make the same ids and tokens. */
  random?(): number
  /** What runs the containers; by default nothing but the clock. */
  runtime?: ContainerRuntime
  /** Looks at the clock every so many ms, for runtimes whose containers are real: nothing happens between looks. */
  pulse?: number
}

/** A Yandex Cloud of one folder: the real protos over TLS, with the SDK's own definitions of the services. */
export interface FakeYandex extends Truth, Hands, Probes {
  /** localhost:port, for all services. */
  endpoint: string
  /** Files: the certificate of the CA, the key of a service account, an IAM token. */
  ca: string
  keyFile: string
  tokenFile: string
  /** The instance metadata service, without a path. */
  metadataUrl: string
  folder: string
  /** A folder that exists and may not be touched. */
  foreignFolder: string
  cloud: string
  subnets: typeof SUBNETS
  serviceAccount: string
  imageFamily: string
  /** May be changed while it runs. */
  weather: Weather
  /** Every call that arrived, with what became of it, oldest first. */
  log: readonly FakeCall[]
  /** All that happened to VMs, whoever brought it about. */
  effects: readonly Effect[]
  /** Every call meets this for so many ms from now on: 14 is UNAVAILABLE, `hang` gives no answer. */
  outage(fault: Fault, ms: number): void
  /** Writes a fresh token into the token file, as whoever keeps it up does. */
  renewTokenFile(): Promise<void>
  /** From now on no token is known that was given before. */
  revokeTokens(): void
  close(): Promise<void>
}

/** Starts the fake in this process, on ports of its own of 127.0.0.1. Needs openssl. */
export async function startFakeYandex(options: FakeOptions = {}): Promise<FakeYandex> {
  const { now: clock = Date.now, random = Math.random, runtime, pulse, ...weather } = options
  const [tls, key] = await Promise.all([localTls(), accountKey()])
  const folder = await mkdtemp(join(tmpdir(), 'capuchin-yandex-'))
  const at = (name: string) => join(folder, name)
  await writeFile(at('ca.pem'), tls.ca)
  await writeFile(at('key.json'), keyFileOf(key))

  const weatherNow = () => fake.weather
  const containers = runtime ?? virtualRuntime(weatherNow)
  const cloud = newCloud({ random, weather: weatherNow, runtime: containers })
  const tokens = newTokens({ publicKey: key.publicKey, tokenTtl: () => fake.weather.tokenTtl, random })
  const now = (): number => {
    const time = clock()
    cloud.agenda.catchUp(time)
    return time
  }

  let broken: { fault: Fault; until: number } | undefined
  const outage: FakeYandex['outage'] = (fault, ms) => {
    broken = { fault, until: now() + ms }
  }

  const unary = unaryOn({
    fault: (method, call, time) =>
      broken !== undefined && time < broken.until ? broken.fault : fake.weather.fault(method, call),
    now,
    random,
    weather: weatherNow,
    log: cloud.log,
    later: cloud.agenda.at,
    callerOf: tokens.subjectOf,
    about: (request) => aboutOf(request, cloud),
  })
  const { server, port } = await listen(services(cloud, tokens, unary), tls)
  const metadata = await metadataService(() => {
    const time = now()
    return { token: tokens.give(SERVICE_ACCOUNT, time), at: time }
  })
  const beat = pulse === undefined ? undefined : setInterval(now, pulse)
  const renewTokenFile = () => writeFile(at('token'), tokens.give(SERVICE_ACCOUNT, now()).text)

  const close = async () => {
    clearInterval(beat)
    server.forceShutdown()
    await Promise.all([metadata.close(), containers.close?.()])
    await rm(folder, { recursive: true, force: true })
  }

  const fake: FakeYandex = {
    endpoint: `localhost:${port}`,
    ca: at('ca.pem'),
    keyFile: at('key.json'),
    tokenFile: at('token'),
    metadataUrl: metadata.url,
    folder: FOLDER,
    foreignFolder: FOREIGN_FOLDER,
    cloud: CLOUD,
    subnets: SUBNETS,
    serviceAccount: SERVICE_ACCOUNT,
    imageFamily: IMAGE_FAMILY,
    weather: { ...fairWeather, ...weather },
    log: cloud.log.calls,
    effects: cloud.log.effects,
    ...truthOf(cloud, now),
    ...hands(cloud, now),
    ...probes(cloud.daemon, cloud.vms.existing, now),
    outage,
    renewTokenFile,
    revokeTokens: tokens.revokeAll,
    close,
  }
  await renewTokenFile()
  return fake
}

/** Which VM a request is about, by the id of it or of one of its operations. */
function aboutOf(request: object, { vms, operations }: Cloud): Pick<CallKind, 'name' | 'vm'> {
  if ('operationId' in request && typeof request.operationId === 'string')
    return known(operations.get(request.operationId)?.vm)
  if ('instanceId' in request && typeof request.instanceId === 'string') return known(request.instanceId)
  if ('name' in request && typeof request.name === 'string') return { name: request.name }
  return {}

  function known(id: string | undefined): Pick<CallKind, 'name' | 'vm'> {
    const name = id === undefined ? undefined : vms.get(id)?.instance.name
    return { ...(id !== undefined && { vm: id }), ...(name !== undefined && { name }) }
  }
}
