import { expect, test } from 'vitest'
import { z } from 'zod'
import { laterKey } from '../../../controller/policy/later.ts'
import { PolicyText } from '../../../controller/policy/schema.ts'
import { settingsText } from '../../../controller/settings/schema.ts'
import { strategyNames } from '../../../controller/strategies/index.ts'

/** The keys without a description, with their paths, through all that wraps a schema. */
function undescribed(schema: unknown, path: string): string[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, inner]) => {
      const place = `${path}.${key}`
      if (inner === laterKey) return []
      // The key of a strategy is its name.
      const isSaid = strategyNames.some((name) => name === key)
      const own = isSaid || (inner instanceof z.ZodType && inner.description !== undefined) ? [] : [place]
      return [...own, ...undescribed(inner, place)]
    })
  }
  if (schema instanceof z.ZodArray) return undescribed(schema.element, `${path}[]`)
  if (schema instanceof z.ZodPipe) return undescribed(schema.in, path)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return undescribed(schema.unwrap(), path)
  }
  return []
}

test('every key of a policy says what it is', () => {
  expect(undescribed(PolicyText, 'policy')).toEqual([])
})

test('every key of the settings says what it is', () => {
  expect(undescribed(settingsText('/etc'), 'settings')).toEqual([])
})
