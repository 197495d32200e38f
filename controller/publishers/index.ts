import { z } from 'zod'
import type { PublisherDeps } from './define.ts'
import { fileSd } from './file-sd.ts'
import type { Publisher } from './publisher.ts'
import { readyList } from './ready-list.ts'

/** The registry: a new publisher is a new file and one line here. Parsing yields `{ type, config, open }`. */
export const PublisherSettings = z.discriminatedUnion('type', [
  fileSd,
  readyList, //
])

/** The publishers that need nothing but a folder, all writing to `dir`, which is made when it is missing. */
export function openFolderPublishers(dir: string, deps: PublisherDeps): Publisher[] {
  return [
    fileSd.parse({ type: 'file-sd', dir }).open(deps),
    readyList.parse({ type: 'ready-list', dir }).open(deps),
  ]
}
