import { join } from 'node:path'
// See stand.ts for why the demo uses what tests use.
import { processRuntime } from '../../test/support/yandex/process-runtime.ts'
import { DISKS, IMAGE } from '../setup/pool-files.ts'
import type { CloudOrder } from './protocol.ts'

/** Containers of the fake's VMs are processes of this machine; what they store stays in the demo's folder when their VM goes. */
export const openRuntime = ({ folder, root, network }: CloudOrder, node: string, path: string) =>
  processRuntime({
    ...{ folder: join(folder, DISKS), workDir: root, network, env: { PATH: path } },
    images: { [IMAGE]: [node, join(root, 'ingest/gateway/main.ts')] },
  })
