import type { Logs } from '../provider.ts'
import type { YandexApi } from './api.ts'
import { find, type Ground, withRemedy } from './ground.ts'

/** Containers of a VM keep their logs to themselves: the cloud gives the VM's serial console, on which its daemon tells what it does. */
export async function consoleOf(
  ground: Ground,
  api: YandexApi,
  host: string,
  lines: number,
  signal: AbortSignal,
): Promise<Logs> {
  const found = await find(ground, api, host, signal)
  if (found.kind === 'failed') return failed(found)
  if (found.value.kind !== 'machine')
    return { kind: 'failed', detail: `pool ${ground.pool.name} has no host ${host}` }
  const output = await api.serialOutput(found.value.vm.id, signal)
  if (output.kind === 'failed') return failed(output)
  const all = output.value.replace(/\r/g, '').replace(/\n+$/, '').split('\n')
  const of = `the console of VM ${host} (its containers' own logs are on it: docker logs)`
  return { kind: 'lines', of, lines: lines === 0 ? [] : all.slice(-lines) }
}

const failed = ({ code, detail }: { code: string; detail: string }): Logs => ({
  kind: 'failed',
  detail: code === 'auth' ? withRemedy(detail) : detail,
})
