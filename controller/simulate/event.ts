import { z } from 'zod'
import { duration } from '../policy/duration.ts'
import { cloudEvents } from './event-cloud.ts'
import { controllerEvents } from './event-controller.ts'
import { operatorEvents } from './event-operator.ts'
import { sourceEvents } from './event-source.ts'
import type { Happening } from './happening.ts'
import { type Moment, momentText } from './moment.ts'

/** What can happen in a scenario, by its key in YAML. */
const kinds = { ...cloudEvents, ...sourceEvents, ...controllerEvents, ...operatorEvents }

const names = Object.keys(kinds)

/** An event of a scenario, ready to happen. */
export interface Happens extends Happening {
  at: Moment
  /** In the words of the file: `instanceDies newest`. */
  what: string
  lasts?: number
}

export const Event = z
  .strictObject({
    at: momentText.describe('when: 10m after the beginning, or 18:30 by the clock'),
    for: duration.optional().describe('how long it lasts; to the end, where nothing is said'),
    ...z.object(kinds).partial().shape,
  })
  .transform(({ at, for: lasts, ...given }, { addIssue }): Happens => {
    const chosen = Object.entries(given).flatMap(([kind, happening]) =>
      happening === undefined ? [] : [{ kind, happening }],
    )
    const [only, second] = chosen
    if (only === undefined || second !== undefined) {
      const found = only === undefined ? 'says nothing that happens' : `says ${only.kind} and ${second?.kind}`
      addIssue({ code: 'custom', message: `${found}: one of ${names.join(', ')}` })
      return z.NEVER
    }
    const what = `${only.kind} ${only.happening.value}`.trim()
    return { at, what, ...only.happening, ...(lasts !== undefined && { lasts }) }
  })
