import { PolicyText } from '../policy/schema.ts'
import { strategyNames } from '../strategies/index.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'

/** Of a policy file, with what holds across the keys of a rule as far as a schema can say it. */
export function policySchema(): JsonSchema {
  const whole = jsonSchemaOf(PolicyText)
  const { rules } = whole.properties ?? {}
  if (typeof rules !== 'object' || typeof rules.items !== 'object' || Array.isArray(rules.items)) {
    throw new Error('policies have no list of rules')
  }
  const items = { ...rules.items, anyOf: [...strategyNames, 'activate'].map((key) => ({ required: [key] })) }
  return { ...whole, properties: { ...whole.properties, rules: { ...rules, items } } }
}
