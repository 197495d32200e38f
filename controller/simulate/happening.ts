import type { z } from 'zod'
import type { Scene } from './scene.ts'

/** What an event does to a scene. */
export interface Happening {
  /** `lasts`: ms, where the event says for how long. Answers why it cannot happen, or nothing. */
  begin(scene: Scene, lasts: number | undefined): Promise<string | undefined> | string | undefined
  /** At its end, for events that last. */
  end?(scene: Scene): Promise<void> | void
}

/** A happening with the value that it was given in YAML, to tell of it. */
export interface Told extends Happening {
  value: string
}

/** Reading an event's value yields what it does, so that nothing has to be looked up later. */
export function happening<T>(schema: z.ZodType<T>, does: (value: T) => Happening, description: string) {
  return schema
    .transform((value): Told => ({ ...does(value), value: value === true ? '' : String(value) }))
    .describe(description)
}
