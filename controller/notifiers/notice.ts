/** How bad something is, from the least on. */
export const severities = ['info', 'warning', 'critical'] as const

export type Severity = (typeof severities)[number]

/** What notifications can be about; the settings of a notifier choose among them. */
export const eventNames = ['alarm', 'size', 'host', 'override', 'files', 'controller'] as const

export type EventName = (typeof eventNames)[number]

/** Whom it is about; empty where it is the controller itself. */
export interface Subject {
  workload?: string
  pool?: string
  host?: string
}

interface About {
  event: EventName
  /** What of its event it is, such as `hot` or `host-ordered`: it stays while the text changes. */
  kind: string
  severity: Severity
  subject: Subject
  /** One sentence. */
  text: string
}

/** Something that lasts. Two of the same key are one, however the text changes. */
export interface Condition extends About {
  key: string
  /** It counts only once it has lasted so long, ms; absent: at once. */
  after?: number
  /** That it is over is told by something else, and nobody is reminded of it. */
  once?: true
}

/** Something that has happened, at epoch ms. */
export interface Happening extends About {
  at: number
}

/** What of a condition, or of a happening, somebody is told. Times are epoch ms. */
export type Notice = About & { at: number } & (
    | { status: 'firing'; key: string; since: number; reminder?: true }
    | { status: 'over'; key: string; since: number; unheard?: true }
    | { status: 'happened' }
  )

/** What is sent at once. */
export interface Message {
  controller: string
  /** Where the controller shows its status. */
  url: string
  /** Epoch ms. */
  at: number
  /** The worst first. */
  notices: readonly Notice[]
  /** How many more there are than are named. */
  more: number
}

export const rank = (severity: Severity): number => severities.indexOf(severity)

/** The worst of what a message holds. */
export function worst(notices: readonly Notice[]): Severity {
  const most = Math.max(0, ...notices.map(({ severity }) => rank(severity)))
  return severities[most] ?? 'info'
}

/** "ingest", "pool edge", "host edge-3 of pool edge", "capuchin". */
export function saySubject({ workload, pool, host }: Subject, controller: string): string {
  if (workload !== undefined) return workload
  if (host !== undefined) return pool === undefined ? `host ${host}` : `host ${host} of pool ${pool}`
  return pool === undefined ? controller : `pool ${pool}`
}
