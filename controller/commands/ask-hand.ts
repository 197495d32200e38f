import { z } from 'zod'
import { OverrideSchema } from '../decision/override-schema.ts'
import type { Speaker, Target, WordText } from '../overrides/wish.ts'
import { askController, type Question, reasonIn } from './asking.ts'
import type { Controller } from './remote.ts'

/** What a running controller says to a word. `absent`: none runs, as far as its address tells. */
export type Answered<T> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; detail: string }
  | { kind: 'absent'; detail: string }

/** Longer than the controller lets a word wait for the tick under way. */
const DEADLINE = 12_000

const path = '/api/v1/overrides'

const overrides = z.array(OverrideSchema)
const Listed = z.object({ overrides })
const Laid = z.object({ override: OverrideSchema, replaced: overrides, said: z.string() })
const Taken = z.object({ taken: overrides })

export type Laid = z.output<typeof Laid>

export const askOverrides = (controller: Controller): Promise<Answered<z.output<typeof Listed>>> =>
  ask(controller, { method: 'GET', path }, Listed)

export const askToLay = (controller: Controller, word: WordText): Promise<Answered<Laid>> =>
  ask(controller, { method: 'POST', path, body: word }, Laid)

export function askToTakeBack(
  controller: Controller,
  target: Target,
  ender: Pick<Speaker, 'by'> & { why?: string },
): Promise<Answered<z.output<typeof Taken>>> {
  const query = new URLSearchParams({ ...target, ...ender })
  return ask(controller, { method: 'DELETE', path: `${path}?${query}` }, Taken)
}

async function ask<T>(
  controller: Controller,
  question: Omit<Question, 'deadline'>,
  schema: z.ZodType<T>,
): Promise<Answered<T>> {
  const { url } = controller
  const said = await askController(controller, { ...question, deadline: DEADLINE })
  if (said.kind === 'absent') return { kind: 'absent', detail: said.detail }
  if (said.kind === 'late')
    return {
      kind: 'refused',
      detail: `something listens at ${url} and has not answered within ${said.detail}: it is not known what it did (capuchin status tells whether it is well)`,
    }
  const { isFine, code, body, skew } = said
  const told = schema.safeParse(body)
  if (isFine && told.success) return { kind: 'done', value: told.data }
  const why = reasonIn(body)
  if (isFine || why === '')
    return { kind: 'absent', detail: `what answers at ${url} is no controller${skew}` }
  if (code !== 401) return { kind: 'refused', detail: `${why}${skew}` }
  return { kind: 'refused', detail: `${url} refuses: ${why} (${await controller.tokenFrom()})${skew}` }
}
