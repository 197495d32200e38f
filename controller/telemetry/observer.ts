import { alarmsIn } from '../decision/alarm-names.ts'
import type { Observer } from '../loop/deps.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'

/** What the loop tells of itself, into metrics and log. `now`: epoch ms. */
export function createObserver(
  metrics: Metrics,
  log: Logger,
  now: () => number,
): Observer & Pick<Metrics, 'probed'> {
  // The alarms of each workload by their names, without figures, so that one that lasts is one line and not one in every tick.
  const ringing = new Map<string, string>()
  return {
    listed: (pool, outcome, ms) => metrics.called(pool, 'list', outcome, ms),
    queried: metrics.queried,
    called: metrics.called,
    saved: metrics.saved,
    published: (publisher, outcome) => metrics.published(publisher, outcome, now()),
    decided(decision) {
      metrics.decided(decision)
      const { workload, reason, size, wanted, granted, sentence, alarms } = decision
      const fields = { workload, reason, size, wanted, granted, sentence, alarms }
      if (size !== granted) log.info(fields, 'Size changed')
      else log.debug(fields, 'Size kept')
      const names = alarmsIn(decision).map(({ kind, about }) => `${kind} ${withoutFigures(about)}`)
      const kinds = names.join('; ')
      const before = ringing.get(workload) ?? ''
      ringing.set(workload, kinds)
      if (kinds === before) return
      if (alarms.length === 0) log.info({ workload, sentence }, 'Alarms over')
      else log.warn({ workload, alarms, sentence }, 'Alarm')
    },
    stepped({ kind, subject, sentence }) {
      metrics.stepped(kind)
      log.info({ step: kind, subject, sentence }, 'Step begun')
    },
    warned(message, fields) {
      metrics.warned()
      log.warn(fields, message)
    },
    probed: metrics.probed,
  }
}

/** A time that passes is a figure as a whole: 59s, 1m and 1m15s are the same alarm. */
const withoutFigures = (alarm: string): string => alarm.replace(/\b(?:\d+[dhms])+\b|\d+/g, '#')
