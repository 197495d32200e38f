import { plural } from '../../decision/words.ts'
import type { Status } from '../../web/status.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** A list as it is on the disk: the instances in it, or why it cannot be read. */
export type ListFile =
  | { kind: 'list'; instances: readonly string[] }
  | { kind: 'none' }
  | { kind: 'fault'; detail: string }

/** `ready`: for routers; `targets`: for Prometheus. `status`: of the controller that runs. */
export interface PublishedFacts {
  dir: string
  ready: ListFile
  targets: ListFile
  status: Status | undefined
}

/** A list that has lost more than this share of what was ready in the last tick collapses; who got ready since comes with the next. */
const COLLAPSED = 0.5

/** Whether who routes and who scrapes is told what there is. */
export function judgePublished({ dir, ready, targets, status }: PublishedFacts): Remark[] {
  const { ok, wrong } = remarksOn('published lists')
  const remarks = [
    ...judgeFile(dir, 'ready.json', ready, status),
    ...judgeFile(dir, 'instances.json', targets, status),
  ]
  if (remarks.length > 0) return remarks
  if (status === undefined)
    return [ok(`${dir} ${ready.kind === 'none' ? 'has none yet' : 'has them, of the last run'}`)]
  const up = readyIn(status)
  const routed = ready.kind === 'list' ? ready.instances : []
  const missing = up.filter((id) => !routed.includes(id))
  if (missing.length > up.length * COLLAPSED && routed.length < readyAtTick(status) * (1 - COLLAPSED))
    return [
      wrong(
        `${dir}/ready.json lists ${routed.length} of ${plural(up.length, 'ready instance')}: ${missing.slice(0, 5).join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in it`,
        'see the log for "List not published", and whether somebody else writes that folder',
      ),
    ]
  const late = missing.length === 0 ? '' : ` (${missing.join(', ')} not yet)`
  return [ok(`${dir} lists ${plural(routed.length, 'instance')} for routers${late}`)]
}

function judgeFile(dir: string, name: string, file: ListFile, status: Status | undefined): Remark[] {
  const { wrong } = remarksOn('published lists')
  if (file.kind === 'fault')
    return [wrong(`${dir}/${name} cannot be read: ${file.detail}`, 'remove it: the next tick writes it anew')]
  if (file.kind === 'none' && status !== undefined)
    return [
      wrong(
        `${dir}/${name} is not there, though a controller runs`,
        'see its log for "List not published", and whether it runs with these settings (publish.dir)',
      ),
    ]
  return []
}

const readyAtTick = ({ workloads }: Status): number =>
  workloads.reduce((sum, { counts }) => sum + counts.ready, 0)

function readyIn({ pools }: Status): string[] {
  const ids = pools.flatMap(({ hosts }) =>
    hosts.flatMap(({ slots }) => slots.flatMap((slot) => (slot.state === 'ready' ? [slot.instance] : []))),
  )
  return [...new Set(ids)]
}
