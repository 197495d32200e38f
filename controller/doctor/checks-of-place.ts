import type { StoreState } from '../decision/state.ts'
import type { Outside } from '../outside.ts'
import { tokenPath } from '../overrides/token.ts'
import type { Source } from '../sources/source.ts'
import type { Check } from './checks.ts'
import type { Patient } from './checkup.ts'
import { folderAt, modeOf } from './facts/disk.ts'
import { listsIn } from './facts/lists.ts'
import type { Ground } from './ground.ts'
import type { Present } from './instances.ts'
import { judgeController } from './judge/controller.ts'
import { judgePublished } from './judge/published.ts'
import { judgeFolder, judgeSaved } from './judge/state.ts'
import { judgeToken } from './judge/token.ts'

/** What the checks of a checkup are made from. */
export interface Bench extends Patient {
  ground: Ground
  present: readonly Present[]
  state: StoreState | undefined
  sources: ReadonlyMap<string, Source>
  outside: Outside
}

const DISK = 5_000

/** What is on the disk of this machine. */
export function placeChecks({ settings, ground, outside }: Bench): Check[] {
  const { store, stateDir, publish } = settings
  const folder = (about: string, path: string): Check => ({
    about,
    within: DISK,
    look: async () => judgeFolder(about, await folderAt(path)),
  })
  return [
    ...(store.type === 'memory' ? [] : [folder('state folder', stateDir)]),
    {
      about: 'saved state',
      within: DISK,
      look: async () => judgeSaved(ground.saved, outside.now()),
    },
    {
      about: 'token',
      within: DISK,
      look: async () => {
        const path = tokenPath(settings)
        const mode = await modeOf(path)
        const { token, status } = ground
        const isOwn = settings.server.tokenFile === undefined
        return judgeToken({
          ...{ path, isOwn, isRunning: status !== undefined },
          ...(mode !== undefined && { mode }),
          ...(token.kind === 'none' && { fault: token.detail }),
        })
      },
    },
    folder('publish folder', publish.dir),
    {
      about: 'published lists',
      within: DISK,
      look: async () =>
        judgePublished({
          dir: publish.dir,
          status: ground.status,
          ...(await listsIn(publish.dir, outside.fs)),
        }),
    },
  ]
}

/** The controller that runs, or does not. It has been asked already. */
export function controllerChecks({
  policies,
  problems,
  controller: { url },
  ground,
  outside,
}: Bench): Check[] {
  const { saved, asked, isTaken, status } = ground
  const holder = saved.kind !== 'refused' && saved.holder?.presence === 'alive' ? saved.holder.pid : undefined
  const facts = {
    ...{ url, isTaken, ahead: asked.ahead, now: outside.now() },
    ...(status !== undefined && { status }),
    ...(asked.detail !== undefined && { detail: asked.detail }),
    ...(asked.illness !== undefined && { illness: asked.illness }),
    ...(holder !== undefined && { holder }),
    ...(saved.kind === 'state' && { epoch: saved.epoch }),
    ...(problems.length === 0 && { policies: policies.map(({ workload }) => workload) }),
  }
  const look = async () => judgeController(facts)
  return [{ about: 'controller', within: DISK, look }]
}
