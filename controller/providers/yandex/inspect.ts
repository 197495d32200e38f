import { resolve } from 'node:path'
import { z } from 'zod'
import { clockTime, plural } from '../../decision/words.ts'
import type { Finding } from '../provider.ts'
import type { Answer, Failure, QuotaUse, YandexApi } from './api.ts'
import type { Ground } from './ground.ts'
import { imageOf } from './template.ts'

/**
 * What an operator wants to know before the first VM: whether the cloud lets us in, as whom and until when, whether folder and image
 * are there, and how much of the quotas is used. Asks, changes nothing, and shows neither token nor key. Never throws.
 */
export async function inspect(ground: Ground, signal: AbortSignal): Promise<readonly Finding[]> {
  const { pool, settings, deps } = ground
  const connected = await ground.api()
  if (connected.kind === 'failed')
    return [bad('load the SDK', connected, `check pools.${pool.name}.ca and endpoint`)]
  const api = connected.value
  const { folder } = settings.template
  const listed = await api.list(folder, signal)
  const way = await wayOf(ground)
  if (listed.kind === 'failed' && listed.code !== 'not-found') return [notIn(way, listed, pool.name)]
  const findings = [good('sign in', `${way}${untilWhen(api, deps.now())}`)]
  const where = `folder ${folder}`
  if (listed.kind === 'failed')
    return [...findings, bad(where, listed, `check pools.${pool.name}.template.folder`)]
  findings.push(good(where, `${plural(listed.value.length, 'VM')} in it, whoever they belong to`))
  findings.push(await imageFinding(ground, api, signal), zonesOf(ground))
  return [...findings, await quotasFinding(folder, api, signal)]
}

const good = (what: string, detail: string): Finding => ({ what, ok: true, detail })
const bad = (what: string, { detail }: Failure, remedy: string): Finding => ({
  ...{ what, ok: false, detail, remedy },
})

/** Without a right to list nobody knows whether it is the account or its roles; both are named. */
function notIn(way: string, { code, detail }: Failure, pool: string): Finding {
  const remedy =
    code === 'auth'
      ? `check pools.${pool}.auth, and give its account the roles compute.editor and vpc.user on template.folder`
      : 'see whether the cloud can be reached from this machine (network, proxy, clock, endpoint)'
  return { what: 'sign in', ok: false, detail: `${way}: ${detail}`, remedy }
}

const KeyFile = z.object({ service_account_id: z.string() })

/** The way of signing in, and who it is where the way tells. */
async function wayOf({ settings: { auth }, deps }: Ground): Promise<string> {
  if (auth.tokenFile !== undefined) return `the token in ${auth.tokenFile}`
  if (auth.keyFile === undefined)
    return 'the service account of the VM that this runs on, by its metadata service'
  try {
    const text = await deps.readFile(resolve(deps.folder, auth.keyFile))
    const { service_account_id: account } = KeyFile.parse(JSON.parse(text))
    return `service account ${account}, by the key in ${auth.keyFile}`
  } catch {
    // Whoever signs in with it says what is wrong with it.
    return `the key in ${auth.keyFile}`
  }
}

function untilWhen({ tokenUntil }: YandexApi, now: number): string {
  const until = tokenUntil?.()
  return until === undefined ? '' : `; its token holds until ${clockTime(until, now)} and is renewed before`
}

async function imageFinding(ground: Ground, api: YandexApi, signal: AbortSignal): Promise<Finding> {
  const { family, folder } = ground.settings.template.image
  const found = await imageOf(ground, api, signal)
  if (found.kind === 'failed') return bad('image', found, `check pools.${ground.pool.name}.template.image`)
  if (family !== undefined) return good('image', `${found.value} is the newest of ${family} in ${folder}`)
  return good('image', `${found.value}, as given; whether it is there shows with the first VM`)
}

function zonesOf({ settings }: Ground): Finding {
  const named = Object.entries(settings.template.subnets).map(([zone, subnet]) => `${zone} (${subnet})`)
  return good('subnets', `${named.join(', ')}; whether they are there shows with the first VM of each zone`)
}

const shown: readonly (readonly [id: string, text: string])[] = [
  ['compute.instances.count', 'VMs'],
  ['compute.instanceCores.count', 'vCPUs'],
  ['compute.disks.count', 'disks'],
]

/** An account that may not read them can order all the same; then a quota shows when it is reached. */
async function quotasFinding(folder: string, api: YandexApi, signal: AbortSignal): Promise<Finding> {
  const answer = await quotas(folder, api, signal)
  if (answer.kind === 'failed')
    return good('quotas', `they cannot be read, and need not be: ${answer.detail}; ${ROLE}`)
  const used = shown.flatMap(([id, text]) => {
    const one = answer.value.find((quota) => quota.id === id)
    return one === undefined ? [] : [`${one.usage} of ${one.limit} ${text}`]
  })
  return good(
    'quotas',
    used.length === 0 ? 'the cloud tells none of those we know' : `used: ${used.join(', ')}`,
  )
}

const ROLE =
  'with the role quota-manager.viewer on the cloud a full quota would show before an order is refused'

async function quotas(
  folder: string,
  api: YandexApi,
  signal: AbortSignal,
): Promise<Answer<readonly QuotaUse[]>> {
  const cloud = await api.cloudOf(folder, signal)
  return cloud.kind === 'failed' ? cloud : await api.quotas(cloud.value, signal)
}
