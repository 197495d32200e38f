/** The closed list of reason codes that appear in decisions, logs, metrics and the history. */
export const reasonCodes = [
  'first-sight',
  'inside-band',
  'out-by-rule',
  'in-by-rule',
  'fixed',
  'no-rules',
  'rule-blocks-in',
  'missing',
  'partial',
  'clock-behind',
  'wait-out',
  'wait-in',
  'hold-in',
  'step',
  'share-per-tick',
  'rate-per-hour',
  'at-max',
  'at-min',
  'below-min',
  'above-max',
  'pool-full',
  'distrust',
  'blind',
  'error',
] as const

export type ReasonCode = (typeof reasonCodes)[number]
