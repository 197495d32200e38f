import { createFile, readJson } from './files.ts'
import type { HostFolder } from './layout.ts'
import { type Claim, isClaim } from './records.ts'

/**
 * Decides the one life of a host, for good. However many supervisors were started for it, by a controller that crashed in between
 * or by two at once, the first one lives and the others see that they lost; a claim of kind `deleted` lets none live.
 */
export async function takeClaim(folder: HostFolder, claim: Claim): Promise<'taken' | 'lost'> {
  const made = await createFile(folder.claim, JSON.stringify(claim))
  return made === 'created' ? 'taken' : 'lost'
}

/** Undefined while nobody has claimed the host. Throws when the file is not a claim. */
export async function readClaim(folder: HostFolder): Promise<Claim | undefined> {
  const value = await readJson(folder.claim)
  if (value === undefined || isClaim(value)) return value
  throw new Error(`${folder.claim} is not a claim`)
}
