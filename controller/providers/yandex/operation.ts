import type { Operation } from '@yandex-cloud/nodejs-sdk/operation/operation'
import type { Answer, ConnectDeps, Failure, VmOperation } from './api.ts'
import type { Call } from './calls.ts'
import { failureOf, statusOf } from './classify.ts'
import type { Sdk } from './sdk.ts'
import { msOf } from './vm.ts'

/** An operation as the API shows it. Its failure counts once it is done: before that it is being rolled back. */
export function operationOf(sdk: Sdk, operation: Operation): VmOperation {
  const vm = vmIn(sdk, operation.metadata)
  const kind = operation.description || operation.metadata?.typeUrl.split('.').at(-1)
  const failure = operation.error && failureIn(kind ?? 'operation', operation.error)
  return {
    id: operation.id,
    done: operation.done,
    createdAt: msOf(operation.createdAt),
    modifiedAt: msOf(operation.modifiedAt),
    ...(vm === undefined ? {} : { vm }),
    ...(kind === undefined ? {} : { kind }),
    ...(failure === undefined ? {} : { failure }),
  }
}

function failureIn(what: string, { code, message }: { code: number; message: string }): Failure {
  return failureOf(what, { status: statusOf(code), words: message })
}

/** All operations on VMs begin their metadata with the id of the VM. */
function vmIn(sdk: Sdk, metadata: Operation['metadata']): string | undefined {
  if (!metadata || !/\.compute\.v1\.\w*Instance\w*Metadata$/.test(metadata.typeUrl)) return undefined
  try {
    return sdk.compute.CreateInstanceMetadata.decode(metadata.value).instanceId || undefined
  } catch {
    return undefined
  }
}

const firstPause = 1_000
const longestPause = 5_000
const growth = 1.5
/** Looks in a row that failed, each with its own retries. */
const mostBlindLooks = 10
/** A VM takes a minute; what takes longer than this is looked at anew by whoever asked. */
const longestWait = 30 * 60_000

/** `look`: asks for the operation by its id. */
export async function finish(
  operation: VmOperation,
  look: (id: string) => Promise<Answer<VmOperation>>,
  deps: Pick<ConnectDeps, 'now' | 'sleep' | 'random'>,
  signal: AbortSignal,
): Promise<Answer<VmOperation>> {
  const until = deps.now() + longestWait
  let seen = operation
  let blind = 0
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * growth)) {
    if (seen.done) return seen.failure ?? { kind: 'answer', value: seen }
    if (signal.aborted || deps.now() > until) return stillUnderWay(seen, 'the caller stopped waiting')
    await deps.sleep((pause * (1 + deps.random())) / 2, signal)
    if (signal.aborted) return stillUnderWay(seen, 'the caller stopped waiting')
    const answer = await look(operation.id)
    blind = answer.kind === 'answer' ? 0 : blind + 1
    if (answer.kind === 'answer') seen = answer.value
    // Whatever kept us from looking, the operation itself may well succeed.
    else if (blind >= mostBlindLooks) return stillUnderWay(seen, answer.detail)
  }
}

function stillUnderWay({ id, kind = 'operation' }: VmOperation, why: string): Failure {
  return { kind: 'failed', code: 'transient', detail: `${kind} (${id}) may be under way still: ${why}` }
}

export function lookAt(sdk: Sdk, call: Call, id: string, signal: AbortSignal): Promise<Answer<VmOperation>> {
  return call(
    {
      what: `look at operation ${id}`,
      send: async ({ operations }, options) => {
        const request = sdk.operations.GetOperationRequest.fromPartial({ operationId: id })
        return operationOf(sdk, await operations.get(request, options))
      },
    },
    signal,
  )
}
