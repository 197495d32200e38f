import { z } from 'zod'

/** JSON Schema, draft 7: the one that editors know best. */
export type JsonSchema = z.core.JSONSchema.JSONSchema

/**
 * What a file may hold that `schema` reads, in its input form: durations as texts, defaults as one writes them, each key with its
 * description. Throws for a schema that JSON cannot represent. What is looked at across keys shows in `check` only.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...whole } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => tidy(jsonSchema),
  })
  return whole
}

/** Leaves out what says nothing to a person who writes the file. */
function tidy(schema: JsonSchema): void {
  // Keys that are refused by name are not for sale.
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    if (isNever(inner)) delete schema.properties?.[key]
  }
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  // A form of zod's own; its pattern says it.
  if (schema.format === 'starts_with') delete schema.format
  // The defaults are those of the keys below.
  if (schema.properties !== undefined && isEmpty(schema.default)) delete schema.default
}

/** Nothing fits it. */
function isNever(schema: JsonSchema | boolean): boolean {
  if (typeof schema === 'boolean') return !schema
  const { not, default: _default, description: _description, ...rest } = schema
  return isEmpty(not) && isEmpty(rest)
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
