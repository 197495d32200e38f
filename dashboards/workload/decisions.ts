import type { Row } from '../parts/board.ts'
import { badAbove, coloured, colours, from, words } from '../parts/colours.ts'
import { counted } from '../parts/graphs.ts'
import { timeline } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { table } from '../parts/tables.ts'
import { ours } from '../parts/variables.ts'
import { workloads } from './selectors.ts'

const reasons = () =>
  counted({
    title: 'Decisions by reason',
    about:
      'Why each decision came out as it did, one by tick and workload. inside-band, hold-in and wait-in are a quiet day. missing, blind, distrust, quota, pool-full, at-max and error are not: capuchin explain says each as a sentence.',
    unit: 'short',
    lines: [
      line(
        `sum by (reason) (increase(capuchin_decisions_total{${workloads}}[$__rate_interval])) > 0`,
        '{{reason}}',
      ),
    ],
  })
    .overrideByRegexp('/^(inside-band|fixed|no-rules|rule-blocks-in|scheduled|asleep)$/', [
      coloured(colours.good),
    ])
    .overrideByRegexp('/^(at-min|first-sight)$/', [coloured(colours.idle)])
    .overrideByName('out-by-rule', [coloured(colours.attention)])
    .overrideByName('in-by-rule', [coloured(colours.used)])
    .overrideByRegexp('/^(wait-|hold-|step|share-|rate-)/', [coloured(colours.going)])
    .overrideByRegexp('/^(partial|veto|operations|paused|pinned|overridden)$/', [coloured(colours.coming)])
    .overrideByRegexp(
      '/^(missing|blind|blind-floor|distrust|error|quota|cost|pool-full|at-max|clock-behind)$/',
      [coloured(colours.bad)],
    )

const clamps = () =>
  counted({
    title: 'Clamps that changed a decision',
    about:
      'Which bounds held a decision back: waits and holds, step, share and rate, min and max, grants. Some around each change are normal. pool, quota or cost all the time: the workload does not get what its rules ask for.',
    unit: 'short',
    lines: [
      line(
        `sum by (clamp) (increase(capuchin_clamps_total{${workloads}}[$__rate_interval])) > 0`,
        '{{clamp}}',
      ),
    ],
  })

const changes = () =>
  counted({
    title: 'Changes of the size',
    about:
      'Decisions that changed the size, by direction. A few an hour are normal. Out and in by turns, again and again, is flapping: widen the band or lengthen in.hold.',
    unit: 'short',
    lines: [
      line(
        `sum by (workload, direction) (increase(capuchin_workload_size_changes_total{${workloads}}[$__rate_interval]))`,
        '{{workload}} {{direction}}',
      ),
    ],
  })
    .overrideByRegexp('/ out$/', [coloured(colours.attention)])
    .overrideByRegexp('/ in$/', [coloured(colours.used)])

const alarms = () =>
  timeline({
    title: 'Alarms by kind',
    about:
      'How many alarms the last decision raised, and below it of which kinds; kinds of which there was none are not shown. None is normal. docs/alerts.md says what to do about each.',
    unit: 'none',
    lines: [
      line(`max by (workload) (capuchin_workload_alarms{${workloads}})`, '{{workload}}'),
      line(`max by (workload, kind) (capuchin_workload_alarm{${workloads}}) > 0`, '{{workload}} {{kind}}'),
    ],
  })
    .mappings(words({ 0: ['none', colours.good] }))
    .thresholds(badAbove(1))

const overrides = () =>
  table(
    {
      title: 'Overrides in force',
      about:
        'What operators have laid over the judgement: since when, and how long still (empty: until it is taken back). capuchin overrides says who and why. One that was forgotten is taken back with capuchin resume.',
      unit: 's',
      lines: [
        line(
          `time() - max by (id, kind, subject) (capuchin_override_start_timestamp_seconds{${ours}})`,
          'since',
        ),
        line(
          `max by (id, kind, subject) (capuchin_override_end_timestamp_seconds{${ours}}) - time()`,
          'ends in',
        ),
      ],
    },
    { id: 'Override', kind: 'Kind', subject: 'Subject', 'Value #A': 'For', 'Value #B': 'Ends in' },
  )
    .thresholds(from(colours.bound))
    .noValue('none, or not scraped')

export const decisionsRow = (): Row => ({
  title: 'Decisions',
  panels: [reasons(), clamps(), changes(), alarms().span(12), overrides().span(12)],
})
