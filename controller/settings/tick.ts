import { cronOf } from '../loop/schedule.ts'
import { duration } from '../policy/duration.ts'

/** How often the loop runs, in ms: a duration that ticks can keep to by the clock. */
export const Tick = duration.refine((ms) => cronOf(ms) !== undefined, {
  error: 'has to divide a minute or an hour evenly, such as 5s, 15s, 30s, 1m or 5m',
})
