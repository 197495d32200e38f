import * as fs from 'node:fs/promises'
import type { StoreState } from '../../controller/decision/state.ts'
import { readFileStore } from '../../controller/store/peek.ts'
import type { Place } from './controller.ts'

/** The state that the last controller of a place saved; undefined before the first save. */
export async function savedState({ state }: Place): Promise<StoreState | undefined> {
  const peek = await readFileStore(state, fs, process.pid)
  if (peek.kind === 'refused') throw new Error(peek.detail)
  return peek.kind === 'state' ? peek.state : undefined
}

/** The epoch of the newest controller of a place; 0 before the first one has opened the state. */
export async function epochOf({ state }: Place): Promise<number> {
  const peek = await readFileStore(state, fs, process.pid)
  return peek.kind === 'state' ? peek.epoch : 0
}

/** What must hold at any instant, also right after a kill: nothing runs twice, and nothing runs that the store does not know. */
export function strangers(place: Place, { hosts }: StoreState): string[] {
  const known = new Set<string>()
  for (const { entries, leaving } of Object.values(hosts))
    for (const { id } of [...entries, ...leaving]) known.add(id)
  const instances = place.processes().flatMap(({ instance }) => instance ?? [])
  const supervised = place.processes().flatMap(({ supervises }) => supervises ?? [])
  return [
    ...doubled(instances).map((id) => `${id} runs twice`),
    ...doubled(supervised).map((name) => `${name} has two supervisors`),
    ...instances.filter((id) => !known.has(id)).map((id) => `${id} runs and the store does not know it`),
    ...supervised.filter((name) => hosts[name] === undefined).map((name) => `${name} is an orphan`),
  ]
}

/** What keeps a workload from being settled at a size: one process for each instance in the manifests, and nothing under way. */
export function unsettled(place: Place, { hosts, intents }: StoreState, size: number): string[] {
  const records = Object.values(hosts)
  const told = records.flatMap(({ entries }) => entries)
  const runs = place.processes().flatMap(({ instance }) => instance ?? [])
  const supervised = place.processes().flatMap(({ supervises }) => supervises ?? [])
  const found = [
    ...told.filter(({ id }) => !runs.includes(id)).map(({ id }) => `${id} has no process`),
    ...runs.filter((id) => !told.some((entry) => entry.id === id)).map((id) => `${id} still runs`),
    ...told.filter(({ drain }) => drain !== undefined).map(({ id }) => `${id} drains`),
    ...records.filter(({ leaving }) => leaving.length > 0).map(({ name }) => `something leaves ${name}`),
    ...records.filter(({ deleting }) => deleting !== undefined).map(({ name }) => `${name} goes`),
    ...records
      .filter(({ name }) => !supervised.includes(name))
      .map(({ name }) => `${name} has no supervisor`),
    ...Object.keys(intents).map((key) => `${key} is open`),
  ]
  return told.length === size ? found : [`${told.length} instances instead of ${size}`, ...found]
}

/** The process of each instance, so that one that was started again can be told from one that was kept. */
export function livesOf(place: Place): Map<string, string> {
  return new Map(
    place
      .processes()
      .flatMap(({ instance, identity: { pid, start } }) =>
        instance === undefined ? [] : [[instance, `${pid} ${start}`]],
      ),
  )
}

const doubled = (names: readonly string[]): string[] => names.filter((name, i) => names.indexOf(name) !== i)
