import { z } from 'zod'
import { duration } from './duration.ts'
import { MOST, Name, percent, stepText } from './fields.ts'
import { Rule } from './rule.ts'
import { Run } from './run.ts'
import { ScheduleText } from './schedule.ts'

/** What operators write in a policy file, with its defaults. Parsing yields durations in ms, and percentages as written. */

const Size = z
  .strictObject({
    min: z.int().min(0).max(MOST).describe('instances that always run'),
    max: z.int().min(1).max(MOST).describe('instances that are never exceeded'),
  })
  .superRefine(({ min, max }, { addIssue }) => {
    if (min <= max) return
    addIssue({ code: 'custom', path: ['min'], message: `min (${min}) is more than max (${max})` })
  })

const Out = z.strictObject({
  step: stepText.prefault(1).describe('instances added at once at most: 2, or 25% of the present size'),
  wait: duration.prefault('60s').describe('time after any change before the next out'),
  perHour: z
    .strictObject({
      count: z.int().min(1).max(MOST).default(4).describe('instances'),
      percent: percent.default(200).describe('% of its least size'),
    })
    .prefault({})
    .describe('most added in an hour: count or percent, whichever is more'),
})

const In = z.strictObject({
  step: stepText.prefault(1).describe('instances removed at once at most: 2, or 25% of the present size'),
  wait: duration.prefault('5m').describe('time after any change before the next in'),
  hold: duration.prefault('10m').describe('time after an out before any in'),
  perHour: z
    .strictObject({
      count: z.int().min(1).max(MOST).default(1).describe('instances'),
      percent: percent.max(100).default(50).describe('% of its peak size'),
    })
    .prefault({})
    .describe('most removed in an hour: count or percent, whichever is more'),
  sharePerTick: percent
    .max(100)
    .default(25)
    .describe('% of the instances that one tick may remove, at least one'),
})

export const PolicyText = z.strictObject({
  workload: Name.describe('the service that is scaled'),
  enabled: z
    .boolean()
    .default(true)
    .describe('false: it is read, checked and tested like the others, and nothing is run by it'),
  pool: z.string().min(1).describe('name of a pool in the settings'),
  run: Run.describe('how a copy of it is started, asked and stopped'),
  size: Size.describe('how many run: { min, max }'),
  priority: z.int().min(-MOST).max(MOST).default(0).describe('who gets free slots first: the higher'),
  rules: z.array(Rule).max(50).default([]).describe('without rules the workload is kept at its min'),
  out: Out.prefault({}).describe('how fast it may grow'),
  in: In.prefault({}).describe('how fast it may shrink'),
  schedule: z.array(ScheduleText).max(50).default([]).describe('floors, ceilings and pins by the calendar'),
})

export type PolicyText = z.output<typeof PolicyText>
