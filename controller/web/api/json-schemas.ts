import { z } from 'zod'
import { type ComponentName, components } from './schemas.ts'

/** A schema as it stands in the document. */
export type JsonSchema = Record<string, unknown>

export const referTo = (name: ComponentName): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

/** The components of the document, made from what the program itself checks with. */
export function componentSchemas(): Record<string, JsonSchema> {
  made ??= makeSchemas()
  return made
}

/** They are the same for every server, and take longer to make than the rest of it. */
let made: Record<string, JsonSchema> | undefined

function makeSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    ...forDocument,
    override(context) {
      forDocument.override(context)
      // Later versions may answer more, and a client that goes by the document must not trip over that.
      if (context.jsonSchema.additionalProperties === false) delete context.jsonSchema.additionalProperties
    },
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]))
}

/** Of what comes in: parameters and bodies, before they are parsed. */
export const schemaOf = (schema: z.ZodType): JsonSchema => bare(z.toJSONSchema(schema, forDocument))

const forDocument = {
  // What is read from older versions is changed on the way, and answers are as that comes in.
  io: 'input',
  override({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
    // The present name of it is `asides`; no answer has the former one.
    delete jsonSchema.properties?.['backlog']
    // A number in a query is a text that looks like one.
    if (jsonSchema.type === 'integer') delete jsonSchema.pattern
  },
} as const

function bare(schema: object): JsonSchema {
  const { $schema: _dialect, $id: _id, id: _name, ...rest } = { ...schema } as JsonSchema
  return rest
}
