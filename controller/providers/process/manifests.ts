import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Manifest, ManifestInstance } from '../../decision/fleet.ts'
import { codeOf } from '../../store/file-system.ts'
import { createFile, readJson } from './files.ts'
import { isName } from './layout.ts'
import { isCount, isListOf, isObject, isText, isTexts } from './shape.ts'
import { isSystem, type SystemProcess } from './system.ts'

/** Which of two manifests is newer: by epoch, then by revision. Each has a file of that name, so none overwrites another. */
export interface Version {
  epoch: number
  revision: number
}

/** A manifest as it lies in the folder of a host: with the processes beside the instances, so that both are fenced alike. */
export interface LocalManifest extends Manifest {
  system?: readonly SystemProcess[]
}

export const compare = (a: Version, b: Version): number => a.epoch - b.epoch || a.revision - b.revision

export const manifestFile = (dir: string, { epoch, revision }: Version): string =>
  join(dir, `${epoch}-${revision}.json`)

/** The versions that are there, oldest first; empty when the folder is gone. */
export async function versions(dir: string): Promise<Version[]> {
  const found: Version[] = []
  for (const name of await namesIn(dir)) {
    const [, epoch, revision] = /^(\d+)-(\d+)\.json$/.exec(name) ?? []
    if (epoch !== undefined) found.push({ epoch: Number(epoch), revision: Number(revision) })
  }
  return found.sort(compare)
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/** The manifest of this version; undefined when its file is gone. Throws when it is not what its name says. */
export async function readManifest(dir: string, version: Version): Promise<LocalManifest | undefined> {
  const path = manifestFile(dir, version)
  const value = await readJson(path)
  if (value === undefined) return undefined
  if (!isManifest(value) || compare(value, version) !== 0) throw new Error(`${path} is not such a manifest`)
  return value
}

export type Written = { kind: 'written' } | { kind: 'older'; than: Version } | { kind: 'differs' }

/** Adds a manifest unless a newer one is there. The file's name is the fence: a late writer cannot replace what came after. */
export async function writeManifest(dir: string, manifest: LocalManifest): Promise<Written> {
  const before = await newerThan(dir, manifest)
  if (before !== undefined) return { kind: 'older', than: before }
  const made = await createFile(manifestFile(dir, manifest), JSON.stringify(manifest))
  const after = await newerThan(dir, manifest)
  if (after !== undefined) return { kind: 'older', than: after }
  if (made === 'created') return { kind: 'written' }
  const known = await readManifest(dir, manifest)
  const plain: unknown = JSON.parse(JSON.stringify(manifest))
  return isDeepStrictEqual(known, plain) ? { kind: 'written' } : { kind: 'differs' }
}

async function newerThan(dir: string, version: Version): Promise<Version | undefined> {
  const newest = (await versions(dir)).at(-1)
  return newest !== undefined && compare(newest, version) > 0 ? newest : undefined
}

/** Removes what came before `applied`, but for the last few, which tell an operator what happened. */
export async function pruneManifests(dir: string, applied: Version, keep: number): Promise<void> {
  const older = (await versions(dir)).filter((version) => compare(version, applied) < 0)
  for (const version of older.slice(0, -keep)) await rm(manifestFile(dir, version), { force: true })
}

export function isManifest(value: unknown): value is LocalManifest {
  if (!isObject(value) || !isCount(value['epoch']) || !isCount(value['revision'])) return false
  if (value['system'] !== undefined && !isSystem(value['system'])) return false
  return isListOf(value['instances'], isInstance)
}

function isInstance(value: unknown): value is ManifestInstance {
  if (!isObject(value) || !isObject(value['run'])) return false
  const { id, workload, token, port, placedAt, slots } = value
  const { command, env, drain, probe, version } = value['run']
  if (!isText(id) || !isName(id) || !isText(workload) || !isName(workload) || !isText(token)) return false
  if (!isCount(port) || typeof placedAt !== 'number' || !isListOf(slots, isCount)) return false
  if (command !== undefined && !isListOf(command, isText)) return false
  return (
    isTexts(env) &&
    isText(version) &&
    isObject(probe) &&
    isObject(drain) &&
    typeof drain['grace'] === 'number'
  )
}
