import type { Policy } from '../../decision/policy.ts'
import type { Files } from '../../policy/load.ts'
import type { Door } from '../api/door.ts'
import type { Viewers } from '../api/sse.ts'
import type { Shown } from '../reads.ts'
import type { Routes } from '../server.ts'
import { readAssets } from './assets.ts'
import { pageRoutes } from './routes.ts'
import { createSite } from './site.ts'
import { createWriter } from './writer.ts'

/** What the pages are made from, and who may see them. */
export interface PageParts {
  door: Door
  viewers: Viewers
  shown: Shown
  policies(): readonly Policy[]
  files: Pick<Files, 'list' | 'read'>
  controller: string
  /** In ms. */
  tickEvery: number
  /** Epoch ms. */
  now(): number
  sleep(ms: number): Promise<void>
  /** A word that no other start of the controller has. */
  token(): string
}

/** The status page at `/`, that of each workload, and what keeps them up to date. Made before the viewers are told of changes. */
export function pagesOf({ door, viewers, files, controller, ...rest }: PageParts): Routes {
  const assets = readAssets(files)
  const site = createSite(rest)
  const { shown, now } = rest
  const writer = createWriter({ site, shown, assets: assets.path, controller, now })
  return pageRoutes({ door, viewers, assets, writer })
}
