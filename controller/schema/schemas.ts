import { ScenarioText } from '../simulate/schema.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
import { policySchema } from './policy.ts'
import { settingsSchema } from './settings.ts'

/** A kind of file that operators write. `file`: what its JSON Schema is called under schemas/. */
export interface FileKind {
  name: string
  file: string
  title: string
  schema(): JsonSchema
}

/** The registry: one line for each kind of file. */
export const fileKinds: readonly FileKind[] = [
  { name: 'policy', file: 'policy.schema.json', title: 'Policy', schema: policySchema },
  { name: 'settings', file: 'capuchin.schema.json', title: 'Settings', schema: settingsSchema },
  {
    name: 'scenarios',
    file: 'scenarios.schema.json',
    title: 'Scenarios',
    schema: () => jsonSchemaOf(ScenarioText),
  },
]

/** The text of a JSON Schema file. */
export function schemaText({ title, schema }: FileKind): string {
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', title: `${title} of Capuchin` }
  return `${JSON.stringify({ ...head, ...schema() }, null, 2)}\n`
}
