import { memory } from './memory/memory.ts'
import { localProcess } from './process/process.ts'
import type { ProviderKind } from './provider.ts'
import { yandex } from './yandex/yandex.ts'

/** The registry: one line per provider. */
export const providers: readonly ProviderKind[] = [
  localProcess,
  yandex,
  memory, //
]
