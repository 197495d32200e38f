import { duration } from '../decision/words.ts'
import { asidesOf, type Drain, DrainText } from './backlog-config.ts'
import { type Facts, factsOf } from './backlog-facts.ts'
import { drainFaults } from './backlog-faults.ts'
import { inward } from './backlog-inward.ts'
import { outward } from './backlog-outward.ts'
import type { Proposal, Seen, StrategyShape, Wording } from './strategy.ts'

/**
 * By time to drain: as many consumers as keep up with what comes in and work off what waits within the wanted time. What one manages is
 * measured while there is more to do than they can, and remembered, since at rest they manage just what comes in. Only sizes that
 * lower the share of the busiest one are asked for, and rebalances are waited out, since nothing that is measured in them means much.
 */
export const backlog: StrategyShape<Drain> = {
  measures: 'total',
  config: DrainText,
  // What is too much depends on what comes in and on what an instance manages, so there is no band to draw.
  band: () => ({}),
  faults: drainFaults,
  asides: asidesOf,
  reach: ({ in: { hold } }) => hold,
  finest: ({ over }) => ({ stretch: over, key: ['over'] }),
  says(drain, rule, { window }) {
    const hold = duration(drain.in.hold)
    return {
      out: `${rule} needs more to be drained within ${duration(drain.within)} (${window} mean)`,
      in: `${rule} is no backlog and fewer keep up with what came in (peak of ${hold})`,
    }
  },
  propose(drain, seen, wording) {
    const facts = factsOf(drain, seen)
    const proposal = judged(drain, facts, seen, wording)
    return facts.shown === undefined ? proposal : { ...proposal, rate: facts.shown }
  },
}

function judged(drain: Drain, facts: Facts, seen: Seen, wording: Wording): Proposal {
  const { unrest } = facts
  const out = outward(drain, facts, seen, wording)
  const proposal = out ?? inward(drain, facts, seen, wording)
  if (unrest === undefined || seen.size === 0) return proposal
  const lasts = duration(unrest.lasts)
  if (unrest.isEndless)
    return { ...proposal, alarm: `has been rebalancing for ${lasts}, so that is not waited out any more` }
  if (out?.kind !== 'out') return proposal
  return { kind: 'stay', why: `${out.why}, but it waits out the rebalance (for ${lasts} so far)` }
}
