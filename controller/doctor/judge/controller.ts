import { duration, plural } from '../../decision/words.ts'
import type { Status } from '../../web/status.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** The controller of these settings, as far as it can be seen. Times in epoch ms. */
export interface ControllerFacts {
  url: string
  status?: Status
  /** Why there is no status. */
  detail?: string
  /** What it says of itself, where it is not well. */
  illness?: string
  /** Its clock against ours, in ms. */
  ahead: number
  /** The process that holds the state folder. */
  holder?: number
  /** Somebody listens at its port. */
  isTaken: boolean
  /** Of the saved state. */
  epoch?: number
  /** Names of the policies on disk; absent where they are not sound. */
  policies?: readonly string[]
  now: number
}

export function judgeController(facts: ControllerFacts): Remark[] {
  const { status } = facts
  return status === undefined ? judgeSilent(facts) : judgeRunning(facts, status)
}

function judgeSilent({ url, detail, holder, isTaken, illness }: ControllerFacts): Remark[] {
  const { warning, wrong } = remarksOn('controller')
  if (illness !== undefined)
    return [
      wrong(
        `it answers at ${url}, and is not well: ${illness}`,
        'see its log; when it has just been started, wait for its first tick',
      ),
    ]
  if (holder !== undefined)
    return [
      wrong(
        `process ${holder} holds the state folder, and does not answer at ${url}`,
        'see its log: it starts, hangs, or was started with another server.listen',
      ),
    ]
  if (isTaken)
    return [
      wrong(
        `somebody else listens where it would (${url}): ${detail ?? 'it is no controller'}`,
        'find out who (ss -ltnp), or give server.listen another port',
      ),
    ]
  return [warning(`none runs at ${url}: nothing is scaled, and nothing is healed`, 'capuchin run')]
}

function judgeRunning(facts: ControllerFacts, status: Status): Remark[] {
  const { ok, warning, wrong } = remarksOn('controller')
  const { url, illness, ahead, now, epoch, policies } = facts
  const age = Math.max(0, now + ahead - status.at)
  const remarks: Remark[] = []
  if (illness !== undefined) remarks.push(wrong(`it is not well: ${illness}`, 'see its log'))
  if (age > 4 * status.tickEvery + 30_000)
    remarks.push(
      wrong(
        `no tick for ${duration(age)}, one every ${duration(status.tickEvery)} is due`,
        'see its log for what the last tick hangs in; a restart is safe, hosts go on meanwhile',
      ),
    )
  if (epoch !== undefined && epoch !== status.epoch)
    remarks.push(
      wrong(
        `what answers at ${url} has epoch ${status.epoch}, the saved state has ${epoch}: it is another controller`,
        'see which settings it was started with (server.listen, store.dir)',
      ),
    )
  for (const notice of status.notices ?? [])
    remarks.push(warning(notice, 'correct the file or restart the controller, as it says'))
  remarks.push(...judgeSets(status, policies))
  if (remarks.length === 0)
    remarks.push(ok(`it answers at ${url}; last tick ${duration(age)} ago, with the files on disk`))
  return [...remarks, ...ringing(status)]
}

function judgeSets({ workloads }: Status, policies: readonly string[] | undefined): Remark[] {
  if (policies === undefined) return []
  const { warning } = remarksOn('controller')
  const decided = workloads.map(({ workload }) => workload)
  const unread = policies.filter((name) => !decided.includes(name))
  const gone = decided.filter((name) => !policies.includes(name))
  const remedy =
    'wait for the next tick, or send it SIGHUP; when it stays, see its log for why the files are refused'
  return [
    ...(unread.length === 0
      ? []
      : [warning(`it does not decide on ${unread.join(', ')}, of which there is a policy`, remedy)]),
    ...(gone.length === 0
      ? []
      : [warning(`it still decides on ${gone.join(', ')}, of which there is no policy any more`, remedy)]),
  ]
}

const MOST_ALARMS = 10

/** What rings already is no news, but belongs to what is not well. */
function ringing({ workloads, pools }: Status): Remark[] {
  const { warning } = remarksOn('alarms')
  const all = [
    ...workloads.flatMap(({ workload, alarms }) =>
      alarms.map((text) => ({ text: `${workload}: ${text}`, see: `capuchin explain ${workload}` })),
    ),
    ...pools.flatMap(({ pool, alarms = [] }) =>
      alarms.map(({ text }) => ({ text: `pool ${pool}: ${text}`, see: 'capuchin status' })),
    ),
  ]
  const shown = all.slice(0, MOST_ALARMS).map(({ text, see }) => warning(text, see))
  const rest = all.length - shown.length
  return rest === 0 ? shown : [...shown, warning(`${plural(rest, 'more alarm')}`, 'capuchin status')]
}
