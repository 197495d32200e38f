import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, explainFault, type FileSystem } from '../../store/file-system.ts'
import type { ListFile } from '../judge/published.ts'

const Ready = z.record(z.string(), z.array(z.object({ instance: z.string() })))
const Targets = z.array(z.object({ labels: z.object({ instance: z.string() }) }))

/** What is published in a folder, as others read it. Never rejects. */
export async function listsIn(dir: string, fs: FileSystem): Promise<{ ready: ListFile; targets: ListFile }> {
  const [ready, targets] = await Promise.all([
    read(fs, join(dir, 'ready.json'), (value) =>
      Object.values(Ready.parse(value)).flatMap((list) => list.map((one) => one.instance)),
    ),
    read(fs, join(dir, 'instances.json'), (value) =>
      Targets.parse(value).map(({ labels }) => labels.instance),
    ),
  ])
  return { ready, targets }
}

async function read(fs: FileSystem, path: string, take: (value: unknown) => string[]): Promise<ListFile> {
  try {
    return { kind: 'list', instances: take(JSON.parse(await fs.readFile(path, 'utf8'))) }
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return { kind: 'none' }
    return {
      kind: 'fault',
      detail: code === undefined ? 'it is not what was written there' : explainFault(error, path),
    }
  }
}
