import { isAbsolute } from 'node:path'
import type { Manifest } from '../../decision/fleet.ts'
import { codeOf, explainFault } from '../../store/file-system.ts'
import type { Outcome, ProviderDeps, RefusalCode } from '../provider.ts'
import { isName } from './layout.ts'
import { isManifest } from './manifests.ts'

export const refused = (code: RefusalCode, detail: string): Outcome => ({ kind: 'refused', code, detail })

const codes: Readonly<Record<string, RefusalCode>> = {
  ENOSPC: 'capacity',
  EDQUOT: 'capacity',
  EMFILE: 'capacity',
  ENFILE: 'capacity',
  EAGAIN: 'capacity',
  ENOMEM: 'capacity',
  EACCES: 'auth',
  EPERM: 'auth',
  EROFS: 'auth',
  ENOENT: 'invalid',
  ENOTDIR: 'invalid',
  EEXIST: 'invalid',
}

/** What an error of the system means for a call: refused where it is sure that nothing was done for it, else unknown. */
export function outcomeOf(error: unknown, place: string): Outcome {
  const code = codes[codeOf(error) ?? '']
  const detail = explainFault(error, pathIn(error) ?? place)
  return code === undefined ? { kind: 'unknown', detail } : refused(code, detail)
}

function pathIn(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('path' in error)) return undefined
  return typeof error.path === 'string' ? error.path : undefined
}

/** Why the call cannot be made at all; undefined when it can. */
export function fault(deps: ProviderDeps, host: string, manifest?: Manifest): Outcome | undefined {
  if (!isName(host)) return refused('invalid', `${JSON.stringify(host)} cannot be the name of a host`)
  if (!isAbsolute(deps.dir)) return refused('invalid', `the state folder ${deps.dir} is not an absolute path`)
  if (manifest !== undefined && !isManifest(manifest))
    return refused('invalid', `the manifest of ${host} has an instance that this provider cannot run`)
  return undefined
}
