import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PublisherDeps } from '../../../controller/publishers/define.ts'
import type { Publisher } from '../../../controller/publishers/publisher.ts'
import type { PublisherHarness } from '../../contract/publisher.ts'
import { realDisk } from '../../support/disk.ts'
import { tempFolder } from '../../support/process.ts'

/** A harness around a publisher that writes files into a folder. */
export async function fileHarness(
  open: (dir: string, deps: PublisherDeps) => Publisher,
): Promise<PublisherHarness> {
  const dir = join(await tempFolder('publish'), 'published')
  await mkdir(dir)
  const { fs, fill, repair } = realDisk()
  return {
    open: () => open(dir, { fs }),
    read: () => readAll(dir),
    wipe: () => rm(dir, { recursive: true }),
    fill,
    repair,
  }
}

/** Every file of a folder with its text, but for those that are being written. */
export async function readAll(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).filter((name) => !name.endsWith('.tmp'))
  const texts = names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')])
  return Object.fromEntries(await Promise.all(texts))
}
