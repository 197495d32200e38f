import { z } from 'zod'
import { Name } from '../../policy/fields.ts'
import { unknownVariables } from '../../policy/variables.ts'
import { type SystemProcess, systemVariables } from './system.ts'

const Template = z.string().superRefine((text, context) => {
  for (const message of unknownVariables(text, systemVariables)) context.addIssue({ code: 'custom', message })
})

/** As one writes it, in the way of the reference pages. */
const theirs = (name: (typeof systemVariables)[number]): string => `\`\${${name}}\``

const System = z.strictObject({
  name: Name.refine((name) => name !== 'supervisor', {
    error: 'supervisor is what keeps the host itself: choose another name',
  }).describe('what it is called on its host'),
  command: z
    .array(Template)
    .min(1)
    .describe(
      `program and arguments, without a shell; ${theirs('host')}, ${theirs('zone')}, ${theirs('index')} (number of the host in its pool), ${theirs('data')} (a folder of its own) and ${theirs('folder')} (one for all on its host) are replaced`,
    ),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), Template)
    .default({})
    .describe('environment variables; the same is replaced'),
})

/** The pool keys that are this provider's own. */
export const ProcessKeys = z.strictObject({
  system: z
    .array(System)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, { error: 'names one twice' })
    .default([])
    .describe('processes that every host runs beside the instances; they take no slots'),
})

export interface ProcessSettings {
  readonly system: readonly SystemProcess[]
}
