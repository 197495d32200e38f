import type { Pool } from '../../decision/policy.ts'
import type { Outcome, ProviderDeps, RefusalCode } from '../provider.ts'
import type { Answer, Failure, Vm, YandexApi } from './api.ts'
import { type Book, findByName, type Machine, note, noteGone } from './book.ts'
import { driftOf, read } from './compose.ts'
import { type Whose, whose } from './labels.ts'
import type { YandexSettings } from './settings.ts'
import type { Turns } from './turns.ts'
import { MANIFEST_KEY, NAME } from './words.ts'

/** What all calls to one pool stand on. */
export interface Ground {
  pool: Pool
  settings: YandexSettings
  deps: ProviderDeps
  /** Connects when it is first asked for. */
  api(): Promise<Answer<YandexApi>>
  book: Book
  turns: Turns
}

export const refused = (code: RefusalCode, detail: string): Outcome => ({ kind: 'refused', code, detail })
export const unknown = (detail: string): Outcome => ({ kind: 'unknown', detail })

/** What a failed call means for whoever asked. `limit` ends by itself, so it is asked again as what nobody knows the end of. */
export function outcomeOf({ code, detail }: Failure): Outcome {
  if (code === 'limit' || code === 'transient') return unknown(detail)
  return refused(code, code === 'auth' ? withRemedy(detail) : detail)
}

/** Where there is no token to begin with, the detail says what to do about that already. */
export function withRemedy(detail: string): string {
  if (!/PERMISSION_DENIED|UNAUTHENTICATED/.test(detail)) return detail
  return `${detail}: check the pool's auth, and that its account has the roles compute.editor and vpc.user on template.folder`
}

export type Found =
  | { kind: 'machine'; machine: Machine; vm: Vm }
  | { kind: 'stranger'; whose: Exclude<Whose, 'own'>; vm: Vm }
  | { kind: 'none' }

/** The VM of this name as it is now, with its metadata: listings lag, so one that is known is asked for by its id. */
export async function find(
  ground: Ground,
  api: YandexApi,
  name: string,
  signal: AbortSignal,
): Promise<Answer<Found>> {
  const { book, settings } = ground
  if (!NAME.test(name)) return { kind: 'answer', value: { kind: 'none' } }
  const id = findByName(book, name)?.vm.id ?? book.births.get(name)?.vm
  if (id !== undefined && !book.gone.has(id)) {
    const found = await look(ground, api, id, signal)
    if (found.kind === 'failed' || found.value.kind !== 'none') return found
  }
  const listed = await api.list(settings.template.folder, signal, name)
  if (listed.kind === 'failed') return listed
  const vm = listed.value.find((one) => one.name === name && !book.gone.has(one.id))
  if (vm === undefined) return { kind: 'answer', value: { kind: 'none' } }
  return look(ground, api, vm.id, signal)
}

/** Reads a VM in full and takes in what that shows. */
export async function look(
  ground: Ground,
  api: YandexApi,
  id: string,
  signal: AbortSignal,
): Promise<Answer<Found>> {
  const { book, pool, deps } = ground
  const before = book.machines.get(id)?.changes
  const answer = await api.get(id, signal)
  if (answer.kind === 'failed' && answer.code !== 'not-found') return answer
  if (answer.kind === 'failed') {
    noteGone(book, id)
    return { kind: 'answer', value: { kind: 'none' } }
  }
  const vm = answer.value
  const owner = whose(vm, pool.name, deps)
  if (owner !== 'own') {
    book.machines.delete(id)
    return { kind: 'answer', value: { kind: 'stranger', whose: owner, vm } }
  }
  const machine = note(book, vm)
  if (before === undefined || before === machine.changes) noteText(ground, machine, vm.metadata)
  return { kind: 'answer', value: { kind: 'machine', machine, vm } }
}

/** Takes in what the metadata of a VM was a moment ago. One that cannot be read leaves standing what was known before. */
function noteText({ settings, deps }: Ground, machine: Machine, metadata: Vm['metadata'] = {}): void {
  const text = metadata[MANIFEST_KEY]
  const isNews = machine.read === undefined || machine.read.text !== text
  machine.read = { text, at: deps.now() }
  if (!isNews) return
  const found = read(text)
  if (found.kind === 'manifest') machine.manifest = found.manifest
  judge(settings, machine)
}

/** Says in what the metadata is not what it should be. */
export function judge(settings: YandexSettings, machine: Machine): void {
  const { name: host, zone } = machine.vm
  const drift = driftOf(machine.read?.text, { host, zone }, settings, machine.told)
  delete machine.drift
  if (drift !== undefined) machine.drift = drift
}

/** A key that no other call uses: what is asked for again later is another change. */
export function freshKey({ random }: ProviderDeps, what: string): string {
  const part = (): string => Math.floor(random() * 2 ** 48).toString(36)
  return `${what}:${part()}${part()}`
}
