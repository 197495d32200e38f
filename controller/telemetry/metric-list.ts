import type { Meters, MetricSpec } from './meters.ts'
import { counter, gauge, histogram, seconds } from './metric-specs.ts'
import { seatMetrics } from './seat-list.ts'

const workload = ['workload'] as const
const rule = ['workload', 'rule'] as const
const override = ['id', 'kind', 'subject'] as const

/** Every metric that the controller exports. Dashboards and alerts may name these, and a test holds `render` to them. */
export const metricList = [
  gauge('capuchin_build_info', ['version', 'node'], 'Always 1; the labels say what runs.'),

  gauge(
    'capuchin_workload_last_evaluation_timestamp_seconds',
    workload,
    'When the workload was last decided on. Alert when it falls behind: silence is an alarm.',
  ),
  gauge(
    'capuchin_workload_info',
    ['workload', 'pool'],
    'Always 1; the labels say on which pool the workload runs.',
  ),
  gauge('capuchin_workload_size', workload, 'Size before the last tick, in instances.'),
  gauge('capuchin_workload_wanted', workload, 'Size that the rules asked for, before clamps.'),
  gauge('capuchin_workload_granted', workload, 'Size that the last tick granted.'),
  gauge('capuchin_workload_min', workload, 'Least size of the policy.'),
  gauge('capuchin_workload_max', workload, 'Largest size of the policy.'),
  gauge('capuchin_workload_instances', ['workload', 'state'], 'Instances by state.'),
  gauge('capuchin_workload_alarms', workload, 'Alarms that the last decision raised.'),
  gauge(
    'capuchin_workload_alarm',
    ['workload', 'kind'],
    'Alarms that the last decision raised, by kind; 0 for the kinds of which there is none.',
  ),
  counter(
    'capuchin_workload_size_reversals_total',
    workload,
    'Changes of the size in the other direction than the one before: one for every peak or valley, more when it flaps.',
  ),
  counter(
    'capuchin_workload_size_changes_total',
    ['workload', 'direction'],
    'Decisions that changed the size, by direction.',
  ),
  gauge(
    'capuchin_workload_next_change_timestamp_seconds',
    ['workload', 'direction'],
    'Earliest time of the next change in a direction, while a wait binds.',
  ),

  gauge('capuchin_overrides', ['kind'], 'What operators have laid over the judgement, in force now.'),

  gauge(
    'capuchin_override_start_timestamp_seconds',
    override,
    'Since when an override is in force; absent once it is over.',
  ),
  gauge(
    'capuchin_override_end_timestamp_seconds',
    override,
    'When an override in force will end; absent for one that stays until it is taken back.',
  ),

  gauge('capuchin_rule_load', rule, 'Mean total load over the window; absent while there is none.'),
  gauge('capuchin_rule_level', rule, 'Load by ready and starting instance, which is held against the band.'),
  gauge('capuchin_rule_coverage_ratio', rule, 'Share of the window that samples vouch for, 0 to 1.'),
  gauge('capuchin_rule_band_above', rule, 'Level above which the rule asks for more.'),
  gauge('capuchin_rule_band_below', rule, 'Level below which the rule would do with less.'),
  gauge('capuchin_rule_reading', ['workload', 'rule', 'kind'], '1 for the kind of the last reading, else 0.'),

  counter('capuchin_decisions_total', ['workload', 'reason'], 'Decisions by reason.'),
  counter('capuchin_clamps_total', ['workload', 'clamp'], 'Decisions that a clamp has changed.'),
  counter('capuchin_steps_total', ['step'], 'Steps that were begun, by kind.'),

  gauge('capuchin_tick_interval_seconds', [], 'How often the controller decides, by its settings.'),
  counter('capuchin_ticks_total', ['outcome'], 'Ticks that ran through (done) or threw (failed).'),
  counter(
    'capuchin_tick_overruns_total',
    [],
    'Ticks that were skipped because the one before was under way.',
  ),
  histogram('capuchin_tick_duration_seconds', [], 'How long a tick takes.', seconds),

  counter('capuchin_source_queries_total', ['source', 'outcome'], 'Queries by what came of them.'),
  histogram(
    'capuchin_source_query_duration_seconds',
    ['source'],
    'How long a source takes to answer.',
    seconds,
  ),
  gauge('capuchin_source_clock_skew_seconds', ['source'], 'Clock of the source less our own.'),

  counter('capuchin_provider_calls_total', ['pool', 'operation', 'outcome'], 'Calls by what came of them.'),
  counter(
    'capuchin_provider_refusals_total',
    ['pool', 'code'],
    'Calls that a provider has refused, by why: quota, capacity, auth and so on.',
  ),
  histogram(
    'capuchin_provider_call_duration_seconds',
    ['pool', 'operation'],
    'How long a provider takes to answer.',
    seconds,
  ),
  gauge('capuchin_operations_in_flight', [], 'Provider calls that have not been answered yet.'),

  gauge(
    'capuchin_pool_slots',
    ['pool', 'state'],
    'Slots: used, free, or booting (free on a host not up yet).',
  ),
  gauge('capuchin_pool_spare_slots', ['pool'], 'Free slots that the pool is to have ahead of need.'),
  gauge('capuchin_pool_hosts', ['pool', 'state'], 'Hosts by state.'),
  gauge('capuchin_pool_zone_hosts', ['pool', 'zone'], 'Hosts by zone, whatever their state.'),
  gauge('capuchin_pool_hosts_min', ['pool'], 'Hosts that the pool always has.'),
  gauge('capuchin_pool_hosts_max', ['pool'], 'Hosts that the pool never exceeds.'),
  gauge(
    'capuchin_pool_cost_per_hour',
    ['pool'],
    'What the hosts that are paid for now cost in an hour; absent without a price.',
  ),
  gauge(
    'capuchin_pool_cost_limit_per_hour',
    ['pool'],
    'What the hosts of the pool may cost in an hour; absent without a limit.',
  ),
  counter('capuchin_pool_host_hours_total', ['pool'], 'Hours of hosts that were paid for.'),
  counter('capuchin_pool_cost_total', ['pool'], 'Money that hosts have cost; absent without a price.'),
  counter('capuchin_pool_idle_cost_total', ['pool'], 'Money that slots have cost which nobody held.'),
  counter(
    'capuchin_workload_instance_hours_total',
    workload,
    'Hours of instances on hosts that were paid for.',
  ),
  counter('capuchin_workload_cost_total', workload, 'Money that the slots of a workload have cost.'),

  gauge('capuchin_pool_blind', ['pool'], '1 while the provider cannot be asked which hosts exist.'),
  gauge(
    'capuchin_pool_alarms',
    ['pool'],
    'What somebody should know of the pool at once: alarms in its status.',
  ),
  gauge(
    'capuchin_pool_alarm',
    ['pool', 'kind'],
    'Alarms in the status of the pool, by kind; 0 for the kinds of which there is none.',
  ),
  gauge(
    'capuchin_pool_orders_resume_timestamp_seconds',
    ['pool'],
    'Until when the pool orders no hosts, since it was refused some or they came to nothing.',
  ),

  counter('capuchin_probes_total', ['result'], 'Probes of instances by result.'),

  counter('capuchin_publishes_total', ['publisher', 'outcome'], 'Publishings by what came of them.'),
  gauge(
    'capuchin_publisher_last_success_timestamp_seconds',
    ['publisher'],
    'When what is published was last known to be right.',
  ),

  counter('capuchin_store_saves_total', ['outcome'], 'Saves of the state by what came of them.'),
  gauge('capuchin_store_epoch', [], 'Epoch under which this controller runs.'),
  gauge('capuchin_store_revision', [], 'Revision of the state.'),

  counter(
    'capuchin_history_failed_writes_total',
    [],
    'Writes of the history that failed; they are tried again.',
  ),
  counter('capuchin_history_unreadable_lines_total', [], 'Lines of the history that could not be read.'),

  gauge('capuchin_policies', [], 'Policies in force.'),
  gauge('capuchin_policy_last_load_success_timestamp_seconds', [], 'When the policies in force were loaded.'),
  gauge('capuchin_policy_last_load_successful', [], '0 while the files on disk are refused, else 1.'),
  counter(
    'capuchin_policy_reloads_total',
    ['outcome'],
    'Reloads of policies that brought other ones (loaded), the same (unchanged), or none (refused).',
  ),

  counter('capuchin_warnings_total', [], 'Warnings that were logged.'),
  ...seatMetrics,
] as const satisfies readonly MetricSpec[]

/** The metrics of the list. */
export type Exported = Meters<(typeof metricList)[number]>
