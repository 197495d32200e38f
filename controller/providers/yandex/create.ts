import type { Manifest } from '../../decision/fleet.ts'
import type { HostOrder, Outcome } from '../provider.ts'
import type { Failure, FailureCode, VmOperation, VmOrder, YandexApi } from './api.ts'
import { bury, type Machine } from './book.ts'
import { isSame, render } from './compose.ts'
import { type Found, find, type Ground, look, outcomeOf, refused, unknown } from './ground.ts'
import { draftOrder, imageOf } from './template.ts'

/**
 * Orders a VM and waits until it is made. All orders of one name carry one idempotency key, in this process and in the next, so a
 * repeated or late one makes no second VM, nor a first one where the name has been deleted.
 */
export async function createHost(
  ground: Ground,
  api: YandexApi,
  order: HostOrder,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { settings, book } = ground
  const { name, zone } = order
  const rendered = render(manifest, { host: name, zone }, settings)
  if (rendered.kind === 'invalid') return refused('invalid', rendered.detail)
  const drafted = draftOrder(settings.template, order, rendered.text)
  if (drafted.kind === 'invalid') return refused('invalid', drafted.detail)
  if (book.graves.has(name)) return dead(name)
  const found = await find(ground, api, name, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  if (found.value.kind !== 'none') return there(ground, name, found.value)
  const image = await imageOf(ground, api, signal)
  if (image.kind === 'failed') return outcomeOf(image)
  return send(ground, api, { ...drafted.order, imageId: image.value }, manifest, signal)
}

const dead = (name: string): Outcome => refused('invalid', `${name} was deleted, and a name makes one host`)

/** What is there under the name already. */
function there({ book }: Ground, name: string, found: Exclude<Found, { kind: 'none' }>): Outcome {
  if (found.kind === 'stranger')
    return refused('exists', `there is a VM ${name} in the folder that is not of this pool: it is left alone`)
  book.births.delete(name)
  return isGoing(found.machine) ? dead(name) : { kind: 'done' }
}

const isGoing = ({ vm, deletion }: Machine): boolean => vm.status === 'deleting' || deletion !== undefined

/** The same for every attempt, also that of the next controller. */
const keyOf = ({ folder, name }: VmOrder): string => `create:${folder}:${name}`

async function send(
  ground: Ground,
  api: YandexApi,
  order: VmOrder,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { births } = ground.book
  const { name } = order
  births.set(name, births.get(name) ?? { since: ground.deps.now() })
  const accepted = await api.create(order, keyOf(order), signal)
  if (accepted.kind === 'failed') return notAccepted(ground, api, name, accepted, signal)
  const operation = accepted.value
  if (operation.done && operation.failure !== undefined) return notMade(ground, name, operation.failure)
  births.set(name, { since: ground.deps.now(), ...(operation.vm !== undefined && { vm: operation.vm }) })
  const finished = await api.finish(operation, signal)
  // Whether it failed, or only could not be waited for, the next attempt will tell: its key answers with this very operation.
  if (finished.kind === 'failed' && finished.code === 'transient') return unknown(finished.detail)
  if (finished.kind === 'failed') return notMade(ground, name, finished)
  return made(ground, api, name, finished.value, manifest, signal)
}

/** Codes by which nothing has been begun. */
const certain: ReadonlySet<FailureCode> = new Set([
  'quota',
  'limit',
  'capacity',
  'auth',
  'not-found',
  'invalid',
])

async function notAccepted(
  ground: Ground,
  api: YandexApi,
  name: string,
  failure: Failure,
  signal: AbortSignal,
): Promise<Outcome> {
  if (certain.has(failure.code)) ground.book.births.delete(name)
  // Something that the order names is not there, such as its subnet.
  if (failure.code === 'not-found') return refused('invalid', failure.detail)
  if (failure.code !== 'exists') return outcomeOf(failure)
  const found = await find(ground, api, name, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  if (found.value.kind !== 'none') return there(ground, name, found.value)
  return unknown(`${failure.detail}; listings do not show it yet`)
}

/** How an operation that was accepted has failed for certain: what it had made is taken back by the cloud. */
const failedWith: Readonly<Record<FailureCode, 'quota' | 'capacity' | 'auth' | 'exists' | 'invalid'>> = {
  quota: 'quota',
  limit: 'quota',
  capacity: 'capacity',
  auth: 'auth',
  exists: 'exists',
  invalid: 'invalid',
  'not-found': 'invalid',
  // Whatever broke there, the same order would be answered with the same operation: another one has to be made, elsewhere at best.
  transient: 'capacity',
}

function notMade({ book }: Ground, name: string, { code, detail }: Failure): Outcome {
  book.births.delete(name)
  return refused(failedWith[code], detail)
}

/** The operation may be one of long ago, and its VM gone since. */
async function made(
  ground: Ground,
  api: YandexApi,
  name: string,
  { vm: id, modifiedAt }: VmOperation,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { book } = ground
  if (id === undefined) return unknown(`the operation that made ${name} names no VM`)
  const found = await look(ground, api, id, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  book.births.delete(name)
  if (found.value.kind === 'none') {
    bury(book, name)
    return dead(name)
  }
  if (found.value.kind === 'stranger') return there(ground, name, found.value)
  const { machine } = found.value
  if (isGoing(machine)) return dead(name)
  if (machine.manifest !== undefined && isSame(machine.manifest, manifest)) machine.told = manifest
  machine.paidFrom ??= modifiedAt
  return { kind: 'done', at: modifiedAt }
}
