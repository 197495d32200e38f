import { NotifierSettings } from '../notifiers/index.ts'
import { poolSchemas } from '../settings/pools.ts'
import { settingsText } from '../settings/schema.ts'
import { SourceSettings } from '../sources/index.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'

/** Of capuchin.yaml as a whole: sources, pools and notifiers are read one by one, so they are put into their places here. */
export function settingsSchema(): JsonSchema {
  const whole = jsonSchemaOf(settingsText('/'))
  const pools = { oneOf: poolSchemas().map(poolSchema) }
  const each = { sources: jsonSchemaOf(SourceSettings), pools, notify: jsonSchemaOf(NotifierSettings) }
  const properties = { ...whole.properties }
  for (const [key, entry] of Object.entries(each)) {
    const place = properties[key]
    if (typeof place !== 'object') throw new Error(`the settings have no ${key}`)
    properties[key] = { ...place, additionalProperties: entry }
  }
  return { ...whole, properties }
}

/** What all pools have, and what the hosts of one provider need besides. */
function poolSchema({ type, common, own, needed }: ReturnType<typeof poolSchemas>[number]): JsonSchema {
  const shared = jsonSchemaOf(common)
  const special = jsonSchemaOf(own)
  const { provider, ...rest } = shared.properties ?? {}
  const said = typeof provider === 'object' ? provider.description : undefined
  const named: JsonSchema = { type: 'string', const: type, ...(said !== undefined && { description: said }) }
  const required = [...(shared.required ?? []), ...(special.required ?? []), ...needed]
  return { ...shared, properties: { provider: named, ...special.properties, ...rest }, required }
}
