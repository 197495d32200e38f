import type { HostFolder } from '../layout.ts'
import {
  compare,
  type LocalManifest,
  pruneManifests,
  readManifest,
  type Version,
  versions,
} from '../manifests.ts'

/** Manifests before the one in force that stay on disk, for whoever wants to know what happened. */
const KEPT = 5

/** Looks for a newer manifest than the last one, which it answers once. Never goes back, whatever lies in the folder. */
export function followManifests({ manifests: dir }: HostFolder): () => Promise<LocalManifest | undefined> {
  let applied: Version | undefined
  return async () => {
    const newest = (await versions(dir)).at(-1)
    if (newest === undefined || (applied !== undefined && compare(newest, applied) <= 0)) return undefined
    const manifest = await readManifest(dir, newest)
    if (manifest === undefined) return undefined
    applied = newest
    await pruneManifests(dir, applied, KEPT)
    return manifest
  }
}
