import type { Row } from '../parts/board.ts'
import { asBound, badAbove, coloured, colours, from, words, worseAbove } from '../parts/colours.ts'
import { stackedSteps } from '../parts/graphs.ts'
import { bars, stat, timeline } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { pools } from './selectors.ts'

const free = () =>
  stat({
    title: 'Free slots',
    about:
      'Slots that can take an instance at once. Red: none, so that the next instance waits until a host is up. When it stays so, look at hosts against hosts.max and at the alarms.',
    unit: 'short',
    lines: [line(`max by (pool) (capuchin_pool_slots{${pools},state="free"})`, '{{pool}}')],
  })
    .thresholds(from(colours.bad, [1, colours.good]))
    .span(4)

const share = () =>
  bars({
    title: 'Used slots',
    about:
      'Share of the slots that is used, of those on hosts that are there. High is cheap, as long as the pool may order more hosts; at 100 % and hosts.max there is no room left: raise hosts.max or the slots of a host.',
    unit: 'percentunit',
    lines: [
      line(
        `max by (pool) (capuchin_pool_slots{${pools},state="used"}) / sum by (pool) (max by (pool, state) (capuchin_pool_slots{${pools}}))`,
        '{{pool}}',
      ),
    ],
  })
    .min(0)
    .max(1)
    .thresholds(worseAbove(0.9, 1))
    .span(4)

const hosts = () =>
  stackedSteps({
    title: 'Hosts by state',
    about:
      'Hosts by state, between hosts.min and hosts.max of the pool (dashed). Normal is all running. Booting for longer than bootWithin, missing, failed or stopped: capuchin status says what is done about it. At hosts.max with no slot free: raise it, or take work away.',
    unit: 'short',
    lines: [
      line(`max by (pool, state) (capuchin_pool_hosts{${pools}})`, '{{pool}} {{state}}'),
      line(`max by (pool) (capuchin_pool_hosts_min{${pools}})`, '{{pool}} hosts.min'),
      line(`max by (pool) (capuchin_pool_hosts_max{${pools}})`, '{{pool}} hosts.max'),
    ],
  })
    .overrideByRegexp('/ running$/', [coloured(colours.good)])
    .overrideByRegexp('/ (ordered|booting)$/', [coloured(colours.coming)])
    .overrideByRegexp('/ deleting$/', [coloured(colours.going)])
    .overrideByRegexp('/ (missing|failed|stopped)$/', [coloured(colours.bad)])
    .overrideByRegexp('/ hosts[.](min|max)$/', asBound())

const zones = () =>
  stackedSteps({
    title: 'Hosts by zone',
    about:
      'Hosts by zone, whatever their state. Even is normal where a pool has several zones; uneven for long: a zone is out of capacity, and the alarms say so.',
    unit: 'short',
    lines: [line(`max by (pool, zone) (capuchin_pool_zone_hosts{${pools}})`, '{{pool}} {{zone}}')],
  })

const sight = () =>
  timeline({
    title: 'Is the pool seen?',
    about:
      'Red while the provider cannot be asked which hosts exist: until then nothing in the pool is changed. Look at the provider calls on the Controller dashboard. A gap: the controller was not scraped.',
    unit: 'none',
    lines: [line(`max by (pool) (capuchin_pool_blind{${pools}})`, '{{pool}}')],
  })
    .mappings(words({ 0: ['seen', colours.good], 1: ['blind', colours.bad] }))
    .thresholds(badAbove(1))
    .height(6)

const alarms = () =>
  timeline({
    title: 'Alarms of pools by kind',
    about:
      'How many alarms each pool has in its status, and below it of which kinds; kinds of which there was none are not shown. None is normal. capuchin status and the status page say each as a sentence, and docs/alerts.md what to do.',
    unit: 'none',
    lines: [
      line(`max by (pool) (capuchin_pool_alarms{${pools}})`, '{{pool}}'),
      line(`max by (pool, kind) (capuchin_pool_alarm{${pools}}) > 0`, '{{pool}} {{kind}}'),
    ],
  })
    .mappings(words({ 0: ['none', colours.good] }))
    .thresholds(from(colours.attention, [2, colours.bad]))
    .height(6)

const paused = () =>
  stat({
    title: 'Orders no hosts for',
    about:
      'How long the pool orders no hosts yet, since its provider refused some or they came to nothing. No pause is normal. It ends by itself; quota and refusals are on the Controller dashboard.',
    unit: 's',
    lines: [
      line(
        `max by (pool) (capuchin_pool_orders_resume_timestamp_seconds{${pools}}) - time() > 0 or on (pool) max by (pool) (capuchin_pool_blind{${pools}}) * 0`,
        '{{pool}}',
      ),
    ],
  })
    .mappings(words({ 0: ['no pause', colours.good] }))
    .thresholds(from(colours.attention, [600, colours.bad]))
    .span(4)
    .height(6)

const alarmCount = () =>
  stat({
    title: 'Alarms of pools',
    about: 'Alarms in the status of each pool, of all kinds. None is normal.',
    unit: 'short',
    lines: [line(`max by (pool) (capuchin_pool_alarms{${pools}})`, '{{pool}}')],
  })
    .thresholds(badAbove(1))
    .span(4)
    .height(6)

export const poolsRow = (): Row => ({
  title: 'Pools',
  panels: [free(), share(), hosts(), zones(), sight(), alarms(), paused(), alarmCount()],
})
