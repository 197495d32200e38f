import type { Headroom, Room } from '../../decision/headroom.ts'
import type { Answer, QuotaUse, YandexApi } from './api.ts'
import type { Ground } from './ground.ts'
import type { Template } from './settings.ts'
import { saySize } from './size.ts'

/** How long what quotas leave counts, in ms. */
const KEPT = 60_000
/** Operations that a folder may have under way, of everybody together; and how many of them are ours at most. */
const FOLDER_MOST = 15
const OWN_MOST = 8

interface Kept {
  at: number
  quotas: readonly QuotaUse[]
}

/** Tells what could be had at the moment; what cannot be found out is left out, with one warning until it can again. */
export function headroomOf(ground: Ground): (signal: AbortSignal) => Promise<Headroom | undefined> {
  const { deps, settings, pool } = ground
  let kept: Kept | undefined
  let cloud: string | undefined
  let isWarned = false

  async function ask(api: YandexApi, signal: AbortSignal): Promise<Answer<readonly QuotaUse[]>> {
    if (cloud === undefined) {
      const found = await api.cloudOf(settings.template.folder, signal)
      if (found.kind === 'failed') return found
      cloud = found.value
    }
    return api.quotas(cloud, signal)
  }

  async function refresh(signal: AbortSignal): Promise<void> {
    const api = await ground.api()
    const answer = api.kind === 'failed' ? api : await ask(api.value, signal)
    if (answer.kind === 'answer') {
      kept = { at: deps.now(), quotas: answer.value }
      isWarned = false
      return
    }
    kept = { at: deps.now(), quotas: [] }
    if (!isWarned)
      deps.log.warn({ pool: pool.name, detail: answer.detail }, 'The quotas of the cloud cannot be told')
    isWarned = true
  }

  return async (signal) => {
    if (kept === undefined || deps.now() - kept.at >= KEPT) await refresh(signal)
    const since = kept?.at ?? 0
    const hosts = roomIn(kept?.quotas ?? [], settings.template, begunSince(ground, since))
    return { operations: operationsLeft(ground), ...(hosts !== undefined && { hosts }) }
  }
}

/** Hosts of the pool that were ordered since then, whether they are there yet or not. */
function begunSince({ book }: Ground, at: number): number {
  const ordered = [...book.births].filter(([, { since }]) => since >= at).map(([name]) => name)
  const made = [...book.machines.values()].filter(({ vm }) => vm.createdAt >= at).map(({ vm }) => vm.name)
  return new Set([...ordered, ...made]).size
}

/** The tightest of the quotas; `begun`: hosts that were ordered since they were asked for. */
export function roomIn(quotas: readonly QuotaUse[], template: Template, begun: number): Room | undefined {
  const needs = needsOf(template)
  let tightest: Room | undefined
  for (const { id, limit, usage } of quotas) {
    const need = needs.find((one) => one.id === id)
    if (need === undefined) continue
    const left = Math.max(0, Math.floor((limit - usage) / need.amount) - begun)
    if (tightest !== undefined && tightest.left <= left) continue
    tightest = { left, why: `the quota ${id} of ${need.say(limit)} leaves room for` }
  }
  return tightest
}

interface Need {
  id: string
  amount: number
  say(limit: number): string
}

/** What one VM takes of each quota that the cloud is known to have for it. */
function needsOf({ cores, memory, disk }: Template): Need[] {
  return [
    { id: 'compute.instances.count', amount: 1, say: (limit) => `${limit} VMs` },
    { id: 'compute.instanceCores.count', amount: cores, say: (limit) => `${limit} vCPUs` },
    { id: 'compute.instanceMemory.size', amount: memory, say: saySize },
    { id: 'compute.disks.count', amount: 1, say: (limit) => `${limit} disks` },
    { id: diskQuotas[disk.type] ?? '', amount: disk.size, say: saySize },
  ]
}

const diskQuotas: Readonly<Record<string, string>> = {
  'network-hdd': 'compute.hddDisks.size',
  'network-ssd': 'compute.ssdDisks.size',
  'network-ssd-nonreplicated': 'compute.ssdNonReplicatedDisks.size',
}

/** By the VMs that something was being done to when they were last listed, and our own calls under way. */
function operationsLeft({ book, turns, settings }: Ground): Room {
  const own = turns.count()
  const others = [...book.moving].filter((id) => !isOwn(id)).length
  const left = Math.min(OWN_MOST - own, FOLDER_MOST - own - others)
  return {
    left: Math.max(0, left),
    why: `the ${FOLDER_MOST} operations at a time of folder ${settings.template.folder} leave room for`,
  }

  function isOwn(id: string): boolean {
    const name = book.machines.get(id)?.vm.name
    return name !== undefined && turns.isBusy(name)
  }
}
